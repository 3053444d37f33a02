// message_template.hpp: a text with {column} placeholders, for messages and for the bodies of requests.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "dialer/record.hpp"
#include "scxml/result.hpp"

namespace chainring::dialer {

/// What a text is written in, so that what is filled in stays a value there.
enum class text_syntax : std::uint8_t {
  plain,
  html, // < > & " ' become entities
  json, // for the inside of a string: " \ and control characters are escaped
  form, // application/x-www-form-urlencoded
};

class message_template {
 public:
  message_template() = default;
  /// A placeholder is an identifier in braces, {first_name}; {{ is a brace; any other brace stands for itself, so that JSON can
  /// be written as it is. Refuses what is no UTF-8 or is longer than limits::message_template_bytes_max. `where` is for
  /// messages: a file, an option.
  static result<message_template> parse(std::string_view text, std::string where, text_syntax syntax = text_syntax::plain);

  /// The text, each placeholder replaced by what `value_of` its name gives.
  std::string fill(const std::function<std::string(std::string_view name)>& value_of) const;
  /// The first placeholder that is neither a column of the list nor among `others`: an error that names it.
  result<void> check_names(const calling_list& form, const std::vector<std::string_view>& others) const;
  text_syntax syntax() const { return syntax_; }
  const std::string& where() const { return where_; }

 private:
  struct piece {
    std::string text;
    bool is_name = false;
  };
  std::vector<piece> pieces_;
  text_syntax syntax_ = text_syntax::plain;
  std::string where_;
};

/// A column of the record as text, null as nothing.
std::string value_of_column(const record& row, const calling_list& form, std::string_view name);

} // namespace chainring::dialer
