// scan.cpp: the characters, then the markup, in one pass each.
#include "scxml/scan.hpp"

#include <array>
#include <cstring>

#include "scxml/limits.hpp"

namespace chainring::scxml {
namespace {

bool is_space(char c) { return c == ' ' || c == '\n' || c == '\t' || c == '\r'; }

/// Letters, '_', ':' and everything beyond ASCII start a name; digits, '-' and '.' go on with it.
constexpr std::array<std::uint8_t, 256> make_name_classes() {
  std::array<std::uint8_t, 256> t{};
  for (int c = 0; c < 256; ++c) {
    const bool letter =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == ':' || c >= 0x80;
    const bool more = (c >= '0' && c <= '9') || c == '-' || c == '.';
    t[static_cast<std::size_t>(c)] = letter ? 2 : more ? 1 : 0;
  }
  return t;
}
constexpr auto name_classes = make_name_classes();

bool starts_name(char c) { return name_classes[static_cast<unsigned char>(c)] == 2; }
bool continues_name(char c) { return name_classes[static_cast<unsigned char>(c)] != 0; }

/// The code point of "&#…;" in XML's Char, or nothing.
bool is_legal_code_point(std::uint32_t c) {
  return c == 9 || c == 10 || c == 13 || (c >= 0x20 && c <= 0xd7ff) ||
         (c >= 0xe000 && c <= 0xfffd) || (c >= 0x10000 && c <= 0x10ffff);
}

/// Length of the well-formed UTF-8 sequence of a legal character at `i`, or 0.
std::size_t sequence_length(std::string_view s, std::size_t i) {
  const auto at = [&](std::size_t k) {
    return i + k < s.size() ? static_cast<unsigned char>(s[i + k]) : 0u;
  };
  const auto follows = [&](std::size_t k) { return (at(k) & 0xc0) == 0x80; };
  const unsigned c = at(0);
  if (c < 0x80) return c >= 0x20 || is_space(s[i]) ? 1 : 0;
  if (c >= 0xc2 && c <= 0xdf) return follows(1) ? 2 : 0;
  if (c >= 0xe0 && c <= 0xef && follows(1) && follows(2)) {
    const std::uint32_t code = (c & 0x0f) << 12 | (at(1) & 0x3f) << 6 | (at(2) & 0x3f);
    return code >= 0x800 && is_legal_code_point(code) ? 3 : 0;
  }
  if (c >= 0xf0 && c <= 0xf4 && follows(1) && follows(2) && follows(3)) {
    const std::uint32_t code =
        (c & 7) << 18 | (at(1) & 0x3f) << 12 | (at(2) & 0x3f) << 6 | (at(3) & 0x3f);
    return code >= 0x10000 && code <= 0x10ffff ? 4 : 0;
  }
  return 0;
}

class scanner {
 public:
  scanner(std::string_view text, scanned& out)
      : text_(text)
      , out_(out) {}

  bool run() {
    while (at_ < text_.size()) {
      if (text_[at_] != '<' ? !character_data() : !markup()) return false;
    }
    if (!open_.empty()) {
      const std::string name(open_.back().name);
      return fail(out_.elements[open_.back().element].begin, "<" + name + "> is not closed",
                  "write </" + name + ">");
    }
    if (out_.elements.empty())
      return fail(0, "there is no element in the document", "start it with <scxml>");
    return true;
  }
  scan_problem problem;

 private:
  struct open_element {
    std::string_view name;
    std::size_t element;
  };

  bool fail(std::size_t offset, std::string what, std::string mend) {
    problem = {static_cast<std::uint32_t>(offset), std::move(what), std::move(mend)};
    return false;
  }
  bool looking_at(std::string_view s) const { return text_.substr(at_, s.size()) == s; }
  void skip_space() {
    while (at_ < text_.size() && is_space(text_[at_])) ++at_;
  }
  std::string_view name() {
    const std::size_t from = at_;
    if (at_ < text_.size() && starts_name(text_[at_]))
      while (at_ < text_.size() && continues_name(text_[at_])) ++at_;
    return text_.substr(from, at_ - from);
  }

  /// Text between markup, up to the next '<'.
  bool character_data() {
    const std::size_t from = at_;
    const std::size_t end = std::min(text_.find('<', at_), text_.size());
    if (open_.empty()) {
      skip_space();
      if (at_ < end)
        return fail(at_,
                    out_.elements.empty() ? "text before the first element"
                                          : "text after the end of the document",
                    "remove it, or put it into a comment");
    }
    const auto* data = text_.data();
    for (at_ = from; at_ < end;) {
      const void* ampersand = std::memchr(data + at_, '&', end - at_);
      if (!ampersand) break;
      at_ = static_cast<std::size_t>(static_cast<const char*>(ampersand) - data);
      if (!reference()) return false;
    }
    const std::size_t forbidden = text_.substr(from, end - from).find("]]>");
    if (forbidden != std::string_view::npos)
      return fail(from + forbidden, "\"]]>\" outside of a CDATA section", "write ]]&gt;");
    at_ = end;
    return true;
  }

  /// "&…;" at at_.
  bool reference() {
    const std::size_t from = at_++;
    static constexpr std::string_view known[] = {"amp;", "lt;", "gt;", "quot;", "apos;"};
    for (std::string_view k : known)
      if (looking_at(k)) return at_ += k.size(), true;
    if (!looking_at("#")) {
      const std::string_view entity = name();
      if (!entity.empty() && looking_at(";"))
        return fail(from, "the entity &" + std::string(entity.substr(0, 40)) + "; is not defined",
                    "use &amp; &lt; &gt; &quot; &apos; or a number such as &#160;");
      return fail(from, "a bare & in the text", "write &amp; (and &amp;&amp; for the operator &&)");
    }
    ++at_;
    const bool hexadecimal = looking_at("x");
    if (hexadecimal) ++at_;
    std::uint32_t code = 0;
    std::size_t digits = 0;
    for (; at_ < text_.size() && text_[at_] != ';'; ++at_, ++digits) {
      const char c = text_[at_];
      const int digit = c >= '0' && c <= '9'                  ? c - '0'
                        : hexadecimal && c >= 'a' && c <= 'f' ? c - 'a' + 10
                        : hexadecimal && c >= 'A' && c <= 'F' ? c - 'A' + 10
                                                              : -1;
      if (digit < 0 || code > 0x10ffff) return bad_number(from);
      code = code * (hexadecimal ? 16 : 10) + static_cast<std::uint32_t>(digit);
    }
    if (digits == 0 || at_ == text_.size() || !is_legal_code_point(code)) return bad_number(from);
    ++at_;
    return true;
  }
  bool bad_number(std::size_t from) {
    return fail(from, "a character reference that names no character of XML",
                "write for example &#10; or &#x20AC;");
  }

  /// '<' at at_.
  bool markup() {
    if (looking_at("<!--")) return comment();
    if (looking_at("<![CDATA[")) return cdata();
    if (looking_at("<?")) return instruction();
    if (looking_at("</")) return end_tag();
    if (looking_at("<!DOCTYPE"))
      return fail(at_, "a DOCTYPE is not allowed", "remove it: entities and DTDs are never read");
    if (looking_at("<!")) return fail(at_, "an unknown declaration <!…>", "remove it");
    return start_tag();
  }
  bool comment() {
    const std::size_t end = text_.find("--", at_ + 4);
    if (end == std::string_view::npos)
      return fail(at_, "the comment does not end", "close it with -->");
    if (text_.substr(end, 3) != "-->")
      return fail(end, "\"--\" inside a comment", "close the comment with --> first");
    at_ = end + 3;
    return true;
  }
  bool cdata() {
    if (open_.empty())
      return fail(at_, "a CDATA section outside of the document's element", "move it inside");
    const std::size_t end = text_.find("]]>", at_ + 9);
    if (end == std::string_view::npos)
      return fail(at_, "the CDATA section does not end", "close it with ]]>");
    at_ = end + 3;
    return true;
  }
  bool instruction() {
    const std::size_t from = at_;
    at_ += 2;
    const std::string_view target = name();
    if (target.empty()) return fail(from, "<? without a name", "write <?name …?>");
    if (target == "xml" && (!out_.elements.empty() || declared_))
      return fail(from, "an XML declaration inside the document", "move it to the first line");
    declared_ = true;
    const std::size_t end = text_.find("?>", at_);
    if (end == std::string_view::npos)
      return fail(from, "the processing instruction does not end", "close it with ?>");
    at_ = end + 2;
    return true;
  }

  bool start_tag() {
    const std::size_t from = at_++;
    if (open_.empty() && !out_.elements.empty())
      return fail(from, "a second element after the end of the document",
                  "put everything into one <scxml>");
    if (out_.elements.size() == limits::document_elements_max)
      return fail(from, "more than " + std::to_string(limits::document_elements_max) + " elements",
                  "split the document with <invoke>");
    if (open_.size() == limits::document_depth_max)
      return fail(from,
                  "elements are nested deeper than " + std::to_string(limits::document_depth_max) +
                      " levels",
                  "use fewer levels");
    const std::string_view tag = name();
    if (tag.empty())
      return fail(from, "< is not followed by the name of an element",
                  "write &lt; for the character <");
    const std::size_t element = out_.elements.size();
    out_.elements.push_back({static_cast<std::uint32_t>(from), 0, 0, 0});
    if (!attributes(tag)) return false;
    const bool empty = text_[at_] == '/';
    if (empty && text_.substr(at_, 2) != "/>")
      return fail(at_, "/ is not followed by >", "write />");
    at_ += empty ? 2 : 1;
    extent& e = out_.elements[element];
    const auto here = static_cast<std::uint32_t>(at_);
    e.inner_begin = here;
    if (empty)
      e.inner_end = e.end = here;
    else
      open_.push_back({tag, element});
    return true;
  }

  /// Everything up to '>' or '/'; leaves at_ there.
  bool attributes(std::string_view tag) {
    while (true) {
      const std::size_t before = at_;
      skip_space();
      if (at_ == text_.size())
        return fail(out_.elements.back().begin, "the tag <" + std::string(tag) + " does not end",
                    "close it with >");
      if (text_[at_] == '>' || text_[at_] == '/') return true;
      const std::size_t from = at_;
      const std::string_view attribute = name();
      if (attribute.empty())
        return fail(from, "an unexpected character in the tag <" + std::string(tag) + ">",
                    "attributes are written name=\"value\"");
      if (from == before)
        return fail(from, "attributes without a space between them", "put a space before the name");
      skip_space();
      if (at_ == text_.size() || text_[at_] != '=')
        return fail(from, "the attribute " + std::string(attribute) + " has no value",
                    "write " + std::string(attribute) + "=\"…\"");
      ++at_;
      skip_space();
      if (!attribute_value(attribute)) return false;
    }
  }
  bool attribute_value(std::string_view attribute) {
    if (at_ == text_.size() || (text_[at_] != '"' && text_[at_] != '\''))
      return fail(at_, "the value of " + std::string(attribute) + " is not in quotes",
                  "write " + std::string(attribute) + "=\"…\"");
    const std::size_t from = at_;
    const char quote = text_[at_++];
    while (at_ < text_.size() && text_[at_] != quote) {
      const char c = text_[at_];
      if (c == '<') return fail(at_, "< in the value of " + std::string(attribute), "write &lt;");
      if (c == '&') {
        if (!reference()) return false;
        continue;
      }
      if (c == '\n' || c == '\t') out_.value_breaks.push_back(static_cast<std::uint32_t>(at_));
      ++at_;
    }
    if (at_ == text_.size())
      return fail(from, "the value of " + std::string(attribute) + " does not end",
                  "close it with " + std::string(1, quote));
    ++at_;
    return true;
  }

  bool end_tag() {
    const std::size_t from = at_;
    at_ += 2;
    const std::string_view tag = name();
    skip_space();
    if (at_ == text_.size() || text_[at_] != '>')
      return fail(from, "the end tag does not end", "write </name>");
    ++at_;
    if (open_.empty()) return fail(from, "</" + std::string(tag) + "> closes nothing", "remove it");
    const auto [name, element] = open_.back();
    if (name != tag)
      return fail(from, "</" + std::string(tag) + "> closes <" + std::string(name) + ">",
                  "write </" + std::string(name) + ">");
    out_.elements[element].inner_end = static_cast<std::uint32_t>(from);
    out_.elements[element].end = static_cast<std::uint32_t>(at_);
    open_.pop_back();
    return true;
  }

  std::string_view text_;
  scanned& out_;
  std::size_t at_ = 0;
  bool declared_ = false; // an XML declaration or a processing instruction has been seen
  std::vector<open_element> open_;
};

} // namespace

std::size_t find_bad_character(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    // Most of a document is printable ASCII.
    const auto c = static_cast<unsigned char>(text[i]);
    if (c >= 0x20 && c < 0x80) {
      ++i;
      continue;
    }
    const std::size_t n = sequence_length(text, i);
    if (n == 0) return i;
    i += n;
  }
  return std::string_view::npos;
}

std::optional<scan_problem> scan(std::string_view text, scanned& out) {
  if (text.size() > limits::document_bytes_max)
    return scan_problem{
        0, "the document has more than " + std::to_string(limits::document_bytes_max) + " bytes",
        "split it with <invoke>"};
  if (const std::size_t bad = find_bad_character(text); bad != std::string_view::npos)
    return scan_problem{static_cast<std::uint32_t>(bad),
                        static_cast<unsigned char>(text[bad]) < 0x20 ? "a control character"
                                                                     : "a byte that is not UTF-8",
                        "save the document as UTF-8 text"};
  scanner s(text, out);
  if (s.run()) return std::nullopt;
  return s.problem;
}

} // namespace chainring::scxml
