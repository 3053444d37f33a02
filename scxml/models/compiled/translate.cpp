// translate.cpp: all expressions of a document, and what else must hold of it.
#include "scxml/models/compiled/translate.hpp"

#include <charconv>

#include "scxml/limits.hpp"
#include "scxml/models/compiled/expression_translator.hpp"
#include "scxml/models/compiled/forms.hpp"
#include "scxml/models/compiled/leaves.hpp"
#include "scxml/models/compiled/names.hpp"
#include "scxml/models/compiled/text.hpp"
#include "scxml/models/ecmascript/plain_text.hpp"
#include "scxml/models/ecmascript/syntax.hpp"
#include "scxml/words.hpp"

namespace chainring::scxml::compiled_model {
namespace {

class translation {
 public:
  translation(const document& d, departure& first) : d_(d), first_(first), maker_(d) {}

  std::shared_ptr<const program> run() {
    if (!check_items() || !check_content()) return nullptr;
    maker_.made.entries.resize(d_.expressions.size());
    for (std::size_t e = 0; e < d_.expressions.size(); ++e)
      if (!translate_one(static_cast<index>(e))) return nullptr;
    find_forms(maker_.made, d_);
    if (maker_.full) return leave("the document needs a table of its values that is too large", {}, {}), nullptr;
    return std::make_shared<const program>(std::move(maker_.made));
  }

 private:
  bool leave(std::string what, std::string text, position where) {
    first_ = {std::move(what), std::move(text), where};
    return false;
  }
  bool leave(std::string what, const expression& x) { return leave(std::move(what), x.text, x.where); }

  bool check_items() {
    for (const data_item& item : d_.data)
      if (!is_plain_name(item.id) || is_global(item.id))
        return leave("a data item has a name that means something else", item.id, item.where);
    return true;
  }

  bool check_content() {
    for (const instruction& i : d_.instructions)
      if (i.kind == operation::foreach) return leave("it has a <foreach>", {}, i.where);
    return true;
  }

  bool translate_one(index e) {
    const expression& x = d_.expressions[e];
    switch (x.kind) {
    case expression_kind::script: return leave("it has a <script>", {}, x.where);
    case expression_kind::content: return constant_content(e, x);
    case expression_kind::location: return location(e, x) && value(e, x);
    default: return value(e, x);
    }
  }

  bool value(index e, const expression& x) {
    if (x.text.size() > limits::expression_bytes_max || ecmascript::forbidden_syntax(x.text))
      return leave("it is not what QuickJS takes for an expression", x);
    const std::string text = ecmascript::without_semicolon(x.text);
    expression_translator one(maker_, text);
    const std::size_t first = maker_.made.steps.size();
    if (!one.run()) return leave(one.why(), x);
    close(e, first);
    return true;
  }

  /// A data item, or a name that nothing declares: to assign to that is an error of its own.
  bool location(index e, const expression& x) {
    std::string_view name = without_space(x.text);
    if (name.starts_with("_data.")) name.remove_prefix(6);
    entry& into = maker_.made.entries[e];
    into.slot = maker_.find_item(name);
    if (into.slot != none) return true;
    if (!is_plain_name(name) || is_global(name) || name.size() != without_space(x.text).size())
      return leave("it assigns to other than a data item", x);
    into.unknown = maker_.name(name);
    return true;
  }

  /// Text is one constant; what JSON or XML makes parts of is QuickJS's.
  bool constant_content(index e, const expression& x) {
    const std::size_t first = maker_.made.steps.size();
    const std::string_view text = trimmed(x.text);
    std::uint16_t number = 0;
    if (text == "true" || text == "false") {
      number = maker_.constant(operand(text == "true"));
    } else if (text == "null") {
      number = maker_.constant(operand::null());
    } else if (is_json_number(text)) {
      double n = 0;
      if (std::from_chars(text.data(), text.data() + text.size(), n).ec != std::errc())
        return leave("it has a number that the compiled model does not know", x);
      number = maker_.constant(operand(n));
    } else if (text.find_first_of("{[<\"") == 0 || !is_utf8(x.text)) {
      return leave("its content is more than text", x);
    } else {
      number = maker_.text_constant(ecmascript::normalized(x.text));
    }
    maker_.add({op::constant, 0, number});
    maker_.add({op::end, 0, 0});
    close(e, first);
    return true;
  }

  static bool is_json_number(std::string_view text) {
    std::size_t i = text.starts_with('-');
    const auto digits = [&] {
      const std::size_t from = i;
      while (i < text.size() && text[i] >= '0' && text[i] <= '9') ++i;
      return i > from;
    };
    const std::size_t first = i;
    if (!digits() || (text[first] == '0' && i > first + 1)) return false;
    if (i < text.size() && text[i] == '.' && (++i, !digits())) return false;
    if (i < text.size() && (text[i] | 0x20) == 'e') {
      if (++i < text.size() && (text[i] == '+' || text[i] == '-')) ++i;
      if (!digits()) return false;
    }
    return i == text.size();
  }

  void close(index e, std::size_t first) {
    entry& one = maker_.made.entries[e];
    one.first = static_cast<std::uint32_t>(first);
    one.length = static_cast<std::uint16_t>(maker_.made.steps.size() - first);
    join_leaves(maker_.made.steps, first);
    one.is_leaf = is_leaf(maker_.made.steps[first].what) && maker_.made.steps[first + 1].what == op::end;
  }

  const document& d_;
  departure& first_;
  program_maker maker_;
};

} // namespace

std::shared_ptr<const program> translate(const document& d, departure& first) { return translation(d, first).run(); }

} // namespace chainring::scxml::compiled_model
