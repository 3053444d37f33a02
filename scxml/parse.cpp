// parse.cpp: RapidXML's tree beside the scan's extents → our tree.
#include "scxml/parse.hpp"

#include <algorithm>
#include <cstring>
#include <rapidxml/rapidxml.hpp>
#include <unordered_map>

#include "scxml/limits.hpp"
#include "scxml/words.hpp"

namespace chainring::scxml {
namespace {

constexpr std::string_view xml_uri = "http://www.w3.org/XML/1998/namespace";

/// XML 2.11: every line end is one "\n"; the byte order mark is no part of the text.
std::string normalized(std::string_view bytes) {
  if (bytes.starts_with("\xef\xbb\xbf")) bytes.remove_prefix(3);
  std::string out;
  out.reserve(bytes.size());
  for (std::size_t i; (i = bytes.find('\r')) != std::string_view::npos;) {
    out += bytes.substr(0, i);
    out += '\n';
    bytes.remove_prefix(i + 1 < bytes.size() && bytes[i + 1] == '\n' ? i + 2 : i + 1);
  }
  out += bytes;
  return out;
}

/// Turns rising offsets into positions; columns count characters.
class position_cursor {
 public:
  explicit position_cursor(std::string_view text)
      : text_(text) {}
  position at(std::size_t offset) {
    for (; next_ < offset && next_ < text_.size(); ++next_) {
      const char c = text_[next_];
      if (c == '\n')
        ++here_.line, here_.column = 1;
      else if ((static_cast<unsigned char>(c) & 0xc0) != 0x80)
        ++here_.column;
    }
    return here_;
  }

 private:
  std::string_view text_;
  std::size_t next_ = 0;
  position here_{1, 1};
};

/// What each prefix means at the place reached. Looking up is constant time however many prefixes
/// are declared.
class namespaces {
 public:
  namespaces() { current_["xml"] = xml_uri; }
  std::size_t mark() const { return undo_.size(); }
  void declare(std::string_view prefix, std::string_view uri) {
    auto& slot = current_[prefix];
    undo_.emplace_back(prefix, slot);
    slot = uri;
  }
  void back_to(std::size_t mark) {
    for (; undo_.size() > mark; undo_.pop_back())
      current_[undo_.back().first] = undo_.back().second;
  }
  /// Empty: not declared (or, for the empty prefix, no namespace).
  std::string_view find(std::string_view prefix) const {
    auto i = current_.find(prefix);
    return i == current_.end() ? std::string_view() : i->second;
  }

 private:
  std::unordered_map<std::string_view, std::string_view> current_;
  std::vector<std::pair<std::string_view, std::string_view>> undo_;
};

std::pair<std::string_view, std::string_view> split_name(std::string_view qualified) {
  const std::size_t colon = qualified.find(':');
  if (colon == std::string_view::npos) return {{}, qualified};
  return {qualified.substr(0, colon), qualified.substr(colon + 1)};
}

} // namespace

/// Walks RapidXML's tree, whose nodes still stand at the offsets of the source, beside the extents
/// of the scan.
class tree_builder {
 public:
  tree_builder(tree& out, scanned& found, const std::vector<std::string>* allowed_prefixes)
      : out_(out)
      , found_(found)
      , allowed_prefixes_(allowed_prefixes)
      , cursor_(out.source) {}

  std::optional<scan_problem> build() {
    out_.buffer_ = out_.source;
    for (std::uint32_t i : found_.value_breaks) out_.buffer_[i] = ' ';
    rapidxml::xml_document<char> parsed;
    try {
      constexpr int flags = rapidxml::parse_validate_closing_tags |
                            rapidxml::parse_no_string_terminators |
                            rapidxml::parse_no_element_values;
      parsed.parse<flags>(out_.buffer_.data());
    } catch (const rapidxml::parse_error& e) {
      return scan_problem{offset_of(e.where<char>()), e.what(), "correct the XML"};
    }
    out_.elements.reserve(found_.elements.size());
    const auto* root = parsed.first_node();
    if (!root || !add(*root, no_element)) return problem_;
    return std::nullopt;
  }

 private:
  using node = rapidxml::xml_node<char>;

  std::uint32_t offset_of(const char* p) const {
    return static_cast<std::uint32_t>(p - out_.buffer_.data());
  }
  bool fail(std::uint32_t offset, std::string what, std::string mend) {
    problem_ = {offset, std::move(what), std::move(mend)};
    return false;
  }

  bool add(const node& n, element_index parent) {
    const auto self = static_cast<element_index>(out_.elements.size());
    if (self == found_.elements.size())
      return fail(offset_of(n.name()), "the XML is not well-formed", "correct it");
    {
      element& e = out_.elements.emplace_back();
      e.parent = parent;
      e.bytes = found_.elements[self];
      e.where = cursor_.at(e.bytes.begin);
      std::tie(e.prefix, e.name) = split_name({n.name(), n.name_size()});
    }
    const std::size_t mark = scope_.mark();
    if (!declare_namespaces(n) || !add_attributes(n, self) || !resolve(self)) return false;
    out_.elements[self].inner_where = cursor_.at(out_.elements[self].bytes.inner_begin);
    if (!add_children(n, self)) return false;
    scope_.back_to(mark);
    return true;
  }

  bool declare_namespaces(const node& n) {
    for (const auto* a = n.first_attribute(); a; a = a->next_attribute()) {
      const std::string_view name(a->name(), a->name_size()), value(a->value(), a->value_size());
      if (name == "xmlns") {
        scope_.declare({}, value);
      } else if (name.starts_with("xmlns:")) {
        if (value.empty())
          return fail(offset_of(a->name()), std::string(name) + " is empty",
                      "give the namespace's URI");
        scope_.declare(name.substr(6), value);
      }
    }
    return true;
  }

  bool add_attributes(const node& n, element_index self) {
    const std::size_t first = out_.attributes.size();
    std::vector<std::string_view> declared;
    for (const auto* a = n.first_attribute(); a; a = a->next_attribute()) {
      const std::string_view name(a->name(), a->name_size());
      if (name == "xmlns" || name.starts_with("xmlns:")) {
        declared.push_back(name);
        continue;
      }
      attribute& added = out_.attributes.emplace_back();
      std::tie(added.prefix, added.name) = split_name(name);
      added.value = {a->value(), a->value_size()};
      added.where = cursor_.at(offset_of(a->name()));
      added.value_where = cursor_.at(offset_of(a->value()));
      if (!added.prefix.empty() && !find_uri(added.prefix, added.uri))
        return fail(offset_of(a->name()), undeclared(added.prefix), declare_it(added.prefix));
    }
    out_.elements[self].first_attribute = static_cast<std::uint32_t>(first);
    out_.elements[self].attribute_count =
        static_cast<std::uint32_t>(out_.attributes.size() - first);
    return check_unique(n, first, declared);
  }

  bool check_unique(const node& n, std::size_t first, std::vector<std::string_view>& declared) {
    std::sort(declared.begin(), declared.end());
    if (auto twice = std::adjacent_find(declared.begin(), declared.end()); twice != declared.end())
      return fail(offset_of(twice[1].data()),
                  "the attribute " + std::string(*twice) + " is given twice", "remove one");
    if (out_.attributes.size() - first < 2) return true;
    std::vector<const attribute*> sorted;
    for (std::size_t i = first; i < out_.attributes.size(); ++i)
      sorted.push_back(&out_.attributes[i]);
    const auto key = [](const attribute* a) { return std::pair(a->name, a->uri); };
    std::stable_sort(sorted.begin(), sorted.end(),
                     [&](auto* a, auto* b) { return key(a) < key(b); });
    auto twice = std::adjacent_find(sorted.begin(), sorted.end(),
                                    [&](auto* a, auto* b) { return key(a) == key(b); });
    if (twice == sorted.end()) return true;
    return fail(offset_of(twice[1]->name.data()),
                "<" + std::string(n.name(), n.name_size()) + "> has the attribute " +
                    std::string((*twice)->name) + " twice",
                "remove one");
  }

  bool resolve(element_index self) {
    element& e = out_.elements[self];
    if (find_uri(e.prefix, e.uri)) return true;
    return fail(e.bytes.begin, undeclared(e.prefix), declare_it(e.prefix));
  }
  bool find_uri(std::string_view prefix, std::string_view& uri) const {
    uri = scope_.find(prefix);
    if (prefix.empty() || !uri.empty()) return true;
    const std::string_view with_colon(prefix.data(),
                                      prefix.size() + 1); // the ':' follows in the buffer
    if (allowed_prefixes_ && std::find(allowed_prefixes_->begin(), allowed_prefixes_->end(),
                                       with_colon) == allowed_prefixes_->end())
      return false;
    uri = with_colon;
    return true;
  }
  static std::string undeclared(std::string_view prefix) {
    return "the namespace prefix \"" + std::string(prefix) + "\" is not declared";
  }
  static std::string declare_it(std::string_view prefix) {
    return "add xmlns:" + std::string(prefix) + "=\"…\" to <scxml>";
  }

  bool add_children(const node& n, element_index self) {
    // Two rounds, so that the pieces of one element are neighbours.
    const std::size_t first = out_.pieces.size();
    for (const auto* c = n.first_node(); c; c = c->next_sibling())
      if (c->type() == rapidxml::node_data || c->type() == rapidxml::node_cdata)
        out_.pieces.push_back({{c->value(), c->value_size()}});
    out_.elements[self].first_piece = static_cast<std::uint32_t>(first);
    out_.elements[self].piece_count = static_cast<std::uint32_t>(out_.pieces.size() - first);
    element_index previous = no_element;
    for (const auto* c = n.first_node(); c; c = c->next_sibling()) {
      if (c->type() != rapidxml::node_element) continue;
      const auto child = static_cast<element_index>(out_.elements.size());
      if (!add(*c, self)) return false;
      (previous == no_element ? out_.elements[self].first_child
                              : out_.elements[previous].next_sibling) = child;
      previous = child;
    }
    return true;
  }

  tree& out_;
  scanned& found_;
  const std::vector<std::string>* allowed_prefixes_;
  position_cursor cursor_;
  namespaces scope_;
  scan_problem problem_;
};

const attribute* tree::find(element_index e, std::string_view name) const {
  for (const attribute& a : attributes_of(e))
    if (a.prefix.empty() && a.name == name) return &a;
  return nullptr;
}

std::string tree::text_of(element_index e) const {
  std::string out;
  for (std::uint32_t i = 0; i < elements[e].piece_count; ++i)
    out += pieces[elements[e].first_piece + i].text;
  return out;
}

bool tree::has_text(element_index e) const {
  for (std::uint32_t i = 0; i < elements[e].piece_count; ++i)
    if (!is_blank(pieces[elements[e].first_piece + i].text)) return true;
  return false;
}

std::string_view tree::inner_xml(element_index e) const {
  const element& outer = elements[e];
  extent inner{0, outer.bytes.inner_begin, outer.bytes.inner_end, 0};
  if (outer.first_child != no_element && elements[outer.first_child].next_sibling == no_element &&
      !has_text(e)) {
    inner.inner_begin = elements[outer.first_child].bytes.begin;
    inner.inner_end = elements[outer.first_child].bytes.end;
  }
  return std::string_view(source).substr(inner.inner_begin, inner.inner_end - inner.inner_begin);
}

std::optional<diagnostic> parse(std::string_view bytes, std::string_view source_name,
                                const std::vector<std::string>* allowed_prefixes, tree& out) {
  scanned found;
  // Anything longer is refused by the scan; there is no need to copy it all for that.
  out.source = normalized(bytes.substr(0, limits::document_bytes_max + 4));
  auto problem =
      scan(bytes.size() > limits::document_bytes_max ? bytes : std::string_view(out.source), found);
  if (!problem) problem = tree_builder(out, found, allowed_prefixes).build();
  if (!problem) return std::nullopt;
  return diagnostic{severity::error, std::string(source_name),
                    position_cursor(out.source).at(problem->offset), std::move(problem->what),
                    std::move(problem->mend)};
}

} // namespace chainring::scxml
