// legacy.cpp: reads ECMAScript token by token, as far as telling operands from operators asks for it.
#include "scxml/legacy.hpp"

#include <algorithm>
#include <iterator>

namespace chainring::scxml {
namespace {

struct word_operator {
  std::string_view word, symbol; // of the same length
};
constexpr word_operator operators[] = {{"eq", "=="}, {"ne", "!="}, {"lt", "< "},   {"le", "<="},
                                       {"gt", "> "}, {"ge", ">="}, {"and", "&& "}, {"or", "||"}};

// After these an operand comes, as after an operator.
constexpr std::string_view prefixes[] = {"await", "case", "class",  "const",  "delete", "do",    "else",
                                         "extends", "function", "in", "instanceof", "let", "new", "of",
                                         "return", "throw", "typeof", "var", "void", "yield"};

template <class List> bool contains(const List& list, std::string_view word) {
  return std::find(std::begin(list), std::end(list), word) != std::end(list);
}

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_word_part(char c) {
  return c == '_' || c == '$' || c == '\\' || is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         (static_cast<unsigned char>(c) & 0x80);
}

/// What came last, as far as it decides what a word or a slash means.
enum class before { operand, member_dot, other };

class rewriter {
 public:
  explicit rewriter(std::string_view text) : text_(text) {}

  std::string run() {
    out_.reserve(text_.size());
    while (at_ < text_.size()) step();
    return std::move(out_);
  }

 private:
  void step() {
    const std::size_t space = skip_space_and_comments(at_);
    if (space != at_) return copy_to(space);
    const char c = text_[at_];
    if (c == '\'' || c == '"') return operand_to(end_of_string(at_));
    if (c == '`') return operand_to(end_of_template(at_));
    if (c == '/' && before_ != before::operand) return operand_to(end_of_regexp(at_));
    const bool is_number = is_digit(c) || (c == '.' && at_ + 1 < text_.size() && is_digit(text_[at_ + 1]));
    if (is_number) return operand_to(end_of_number(at_));
    if (is_word_part(c)) return word();
    before_ = c == ')' || c == ']' ? before::operand : c == '.' ? before::member_dot : before::other;
    // x++ is an operand; ++x begins one.
    if ((c == '+' || c == '-') && at_ + 1 < text_.size() && text_[at_ + 1] == c) {
      before_ = last_operand_ == at_ && at_ > 0 ? before::operand : before::other;
      copy_to(at_ + 2);
    } else {
      copy_to(at_ + 1);
    }
    last_operand_ = before_ == before::operand ? at_ : std::string_view::npos;
  }

  void word() {
    std::size_t end = at_;
    while (end < text_.size() && is_word_part(text_[end])) ++end;
    const std::string_view word = text_.substr(at_, end - at_);
    if (before_ == before::member_dot) return operand_to(end);
    const auto* op = std::find_if(std::begin(operators), std::end(operators), [&](auto& o) { return o.word == word; });
    if (op != std::end(operators) && before_ == before::operand && operand_begins(end)) {
      out_ += op->symbol;
      at_ = end;
      before_ = before::other;
      return;
    }
    if (word == "_eventdata" && !is_key(end)) {
      out_ += "_event.data";
      at_ = end;
      before_ = before::operand;
      last_operand_ = at_;
      return;
    }
    operand_to(end);
    if (contains(prefixes, word)) before_ = before::other;
  }

  /// Does an operand begin at the next token? What a word operator must be followed by.
  bool operand_begins(std::size_t i) const {
    i = skip_space_and_comments(i);
    if (i == text_.size()) return false;
    const char c = text_[i];
    if (c == '.') return i + 1 < text_.size() && is_digit(text_[i + 1]);
    if (c == '!') return text_.substr(i, 2) != "!=";
    if (c == '+' || c == '-') return text_.substr(i + 1, 1) != "=";
    if (!is_word_part(c)) return std::string_view("'\"`/([{~").find(c) != std::string_view::npos;
    std::size_t end = i;
    while (end < text_.size() && is_word_part(text_[end])) ++end;
    const std::string_view word = text_.substr(i, end - i);
    return word != "in" && word != "instanceof" && word != "of";
  }
  /// The name of a member of an object literal: a colon follows, and it is not that of a conditional.
  bool is_key(std::size_t end) const {
    const std::size_t next = skip_space_and_comments(end);
    const std::size_t last = out_.find_last_not_of(" \t\r\n");
    const bool opens = last != std::string::npos && (out_[last] == '{' || out_[last] == ',');
    return opens && next < text_.size() && text_[next] == ':';
  }

  std::size_t skip_space_and_comments(std::size_t i) const {
    for (;;) {
      while (i < text_.size() && is_space(text_[i])) ++i;
      if (text_.substr(i, 2) == "//") i = std::min(text_.find('\n', i), text_.size());
      else if (text_.substr(i, 2) == "/*") i = behind("*/", i + 2);
      else return i;
    }
  }
  std::size_t behind(std::string_view mark, std::size_t from) const {
    const std::size_t found = text_.find(mark, from);
    return found == std::string_view::npos ? text_.size() : found + mark.size();
  }
  std::size_t end_of_string(std::size_t i) const {
    const char quote = text_[i];
    for (++i; i < text_.size() && text_[i] != quote; ++i)
      if (text_[i] == '\\') ++i;
    return std::min(i + 1, text_.size());
  }
  std::size_t end_of_regexp(std::size_t i) const {
    bool in_class = false;
    for (++i; i < text_.size() && text_[i] != '\n' && (in_class || text_[i] != '/'); ++i) {
      if (text_[i] == '\\') ++i;
      else if (text_[i] == '[') in_class = true;
      else if (text_[i] == ']') in_class = false;
    }
    for (i = std::min(i + 1, text_.size()); i < text_.size() && is_word_part(text_[i]);) ++i;
    return i;
  }
  std::size_t end_of_number(std::size_t i) const {
    for (; i < text_.size(); ++i) {
      const bool exponent = (text_[i] == '+' || text_[i] == '-') && (text_[i - 1] == 'e' || text_[i - 1] == 'E');
      if (!is_word_part(text_[i]) && text_[i] != '.' && !exponent) break;
    }
    return i;
  }
  /// Templates in templates too; what stands in their braces has brackets, strings and templates of its own.
  std::size_t end_of_template(std::size_t i) const {
    std::string open = "`"; // ` and { that have been opened
    for (++i; i < text_.size() && !open.empty(); ++i) {
      const char c = text_[i];
      if (open.back() == '`') {
        if (c == '\\') ++i;
        else if (c == '`') open.pop_back();
        else if (text_.substr(i, 2) == "${") open += '{', ++i;
      } else if (c == '`' || c == '{') {
        open += c;
      } else if (c == '}') {
        open.pop_back();
      } else if (c == '\'' || c == '"') {
        i = end_of_string(i) - 1;
      }
    }
    return std::min(i, text_.size());
  }

  void copy_to(std::size_t end) {
    out_ += text_.substr(at_, end - at_);
    if (last_operand_ == at_) last_operand_ = end; // white space between an operand and ++
    at_ = end;
  }
  void operand_to(std::size_t end) {
    out_ += text_.substr(at_, end - at_);
    at_ = last_operand_ = end;
    before_ = before::operand;
  }

  const std::string_view text_;
  std::string out_;
  std::size_t at_ = 0;
  std::size_t last_operand_ = std::string_view::npos; // where one ended, if nothing but space came since
  before before_ = before::other;
};

} // namespace

std::string modern_expression(std::string_view text) { return rewriter(text).run(); }

} // namespace chainring::scxml
