// places.cpp: walks through the bytes of a document as the XML parser did.
#include "scxml/models/ecmascript/places.hpp"

#include <algorithm>

namespace chainring::scxml::ecmascript {
namespace {

/// The length of the character that begins at i.
std::size_t character_at(std::string_view bytes, std::size_t i) {
  std::size_t end = i + 1;
  while (end < bytes.size() && (static_cast<unsigned char>(bytes[end]) & 0xc0) == 0x80) ++end;
  return end - i;
}

class walker {
 public:
  explicit walker(std::string_view bytes) : rest_(bytes) {
    if (rest_.starts_with("\xef\xbb\xbf")) rest_.remove_prefix(3);
  }

  void go_to(position place) {
    while (!rest_.empty() && (at_.line < place.line || (at_.line == place.line && at_.column < place.column)))
      step();
  }
  /// One character of text. False: the text ends here.
  bool next() {
    skip_markup();
    if (rest_.empty() || (!in_cdata_ && rest_[0] == '<')) return false;
    if (!in_cdata_ && rest_[0] == '&') skip_through(";");
    else step();
    return true;
  }
  /// What is no text: the edges of CDATA sections, comments, instructions.
  void skip_markup() {
    for (;;) {
      if (in_cdata_ && rest_.starts_with("]]>")) in_cdata_ = false, skip_through("]]>");
      else if (!in_cdata_ && rest_.starts_with("<![CDATA[")) in_cdata_ = true, skip_through("[CDATA[");
      else if (!in_cdata_ && rest_.starts_with("<!--")) skip_through("-->");
      else if (!in_cdata_ && rest_.starts_with("<?")) skip_through("?>");
      else return;
    }
  }
  position at() const { return at_; }

 private:
  void step() {
    const bool ends_line = rest_[0] == '\n' || rest_[0] == '\r';
    const std::size_t size = rest_.starts_with("\r\n") ? 2 : character_at(rest_, 0);
    rest_.remove_prefix(size);
    at_ = ends_line ? position{at_.line + 1, 1} : position{at_.line, at_.column + 1};
  }
  void skip_through(std::string_view mark) {
    const std::size_t found = rest_.find(mark);
    const std::size_t left = found == std::string_view::npos ? 0 : rest_.size() - found - mark.size();
    while (rest_.size() > left) step();
  }

  std::string_view rest_;
  position at_{1, 1};
  bool in_cdata_ = false;
};

} // namespace

std::size_t characters_before(std::string_view text, position inside) {
  position at{1, 1};
  std::size_t count = 0;
  for (std::size_t i = 0; i < text.size() && (at.line != inside.line || at.column < inside.column); ++count) {
    if (at.line == inside.line && text[i] == '\n') break;
    at = text[i] == '\n' ? position{at.line + 1, 1} : position{at.line, at.column + 1};
    i += character_at(text, i);
  }
  return count;
}

position place_in_document(std::string_view bytes, position start, std::size_t characters) {
  walker w(bytes);
  w.go_to(start);
  for (std::size_t i = 0; i < characters && w.next(); ++i) {}
  w.skip_markup();
  return w.at();
}

position place_in_document(position start, position inside) {
  if (inside.line <= 1) return {start.line, start.column + std::max(inside.column, 1u) - 1};
  return {start.line + inside.line - 1, inside.column};
}

} // namespace chainring::scxml::ecmascript
