// message_composer.cpp: see message_composer.hpp.
#include "dialer/trunks/message_composer.hpp"

#include <algorithm>

#include "dialer/trunks/contact_address.hpp"
#include "dialer/trunks/mail_header.hpp"

namespace chainring::dialer {

namespace {

using composed = std::variant<message, delivery>;

delivery refused(std::string why) { return {delivery_end::message_refused, std::move(why)}; }

std::string filled(const message_template& text, const contact& about) {
  return text.fill([&](std::string_view name) { return value_of_column(about.row, *about.form, name); });
}

/// The text of that id, the standard one for none. Null: there is no such text.
const message_template* find_text(const message_texts& texts, std::optional<std::int64_t> id) {
  if (!id || *id == 0) return texts.standard ? &*texts.standard : nullptr;
  const auto found = texts.by_id.find(*id);
  return found == texts.by_id.end() ? nullptr : &found->second;
}

std::string no_text(std::optional<std::int64_t> id) {
  if (!id || *id == 0) return "the trunk has no standard text, and the record names none: add template to the trunk";
  return "the trunk has no text " + std::to_string(*id) + ": add it to templates of the trunk";
}

result<void> check_texts(const message_texts& texts, const calling_list& form) {
  if (texts.standard)
    if (auto right = texts.standard->check_names(form, {}); !right) return right;
  for (const auto& [id, text] : texts.by_id)
    if (auto right = text.check_names(form, {}); !right) return right;
  return {};
}

message begun(const call& c) {
  message m;
  m.id = c.id;
  m.key = message_key(c.list, c.record_id, c.attempt);
  return m;
}

class email_composer final : public message_composer {
 public:
  explicit email_composer(email_terms terms) : terms_(std::move(terms)) {}

  composed compose(const call& c) const override {
    if (auto right = check_mail_address(c.number); !right) return delivery{delivery_end::recipient_refused, to_line(right.error())};
    if (!c.about) return refused("the call came without its record");
    const record& row = c.about->row;
    const bool names_mail = row.email_template_id && *row.email_template_id != 0;
    const auto id = names_mail ? row.email_template_id : row.media_ref;
    const auto* text = find_text(terms_.texts, id);
    if (!text) return refused(no_text(id));
    message m = begun(c);
    m.to = c.number;
    const bool has_subject = row.email_subject && !row.email_subject->empty();
    auto subject = has_subject ? *row.email_subject : filled(terms_.subject, *c.about);
    // A header line holds 998 bytes; encoded words need a little more than twice the text.
    if (subject.size() > limits::email_subject_bytes_max) return refused("its subject is too long: shorten it");
    m.subject = header_text(subject);
    m.body = with_crlf(filled(*text, *c.about));
    m.is_html = text->syntax() == text_syntax::html;
    if (m.body.size() > limits::message_bytes_max) return refused("it is too long: shorten what its placeholders stand for");
    return m;
  }

  result<void> check(const calling_list& form) const override {
    if (auto right = terms_.subject.check_names(form, {}); !right) return right;
    return check_texts(terms_.texts, form);
  }

 private:
  email_terms terms_;
};

/// Code points.
std::size_t length_of(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0u) != 0x80u; }));
}

class sms_composer final : public message_composer {
 public:
  explicit sms_composer(sms_terms terms) : terms_(std::move(terms)) {}

  composed compose(const call& c) const override {
    auto number = sms_number(c.number);
    if (!number) return delivery{delivery_end::recipient_refused, to_line(number.error())};
    if (!c.about) return refused("the call came without its record");
    const auto id = c.about->row.media_ref;
    const auto* of_record = find_text(terms_.texts, id);
    if (!of_record) return refused(no_text(id));
    const auto text = filled(*of_record, *c.about);
    if (const auto length = length_of(text); length > static_cast<std::size_t>(terms_.text_length_max))
      return refused("it has " + std::to_string(length) + " characters, text-length-max is " +
                     std::to_string(terms_.text_length_max));
    message m = begun(c);
    m.to = std::move(*number);
    m.body = terms_.body.fill([&](std::string_view name) -> std::string {
      if (name == "number") return m.to;
      if (name == "text") return text;
      if (name == "message_id") return m.key;
      return value_of_column(c.about->row, *c.about->form, name);
    });
    if (m.body.size() > limits::message_bytes_max) return refused("it is too long: shorten what its placeholders stand for");
    return m;
  }

  result<void> check(const calling_list& form) const override {
    if (auto right = terms_.body.check_names(form, {"number", "text", "message_id"}); !right) return right;
    return check_texts(terms_.texts, form);
  }

 private:
  sms_terms terms_;
};

} // namespace

std::unique_ptr<message_composer> make_email_composer(email_terms terms) {
  return std::make_unique<email_composer>(std::move(terms));
}

std::unique_ptr<message_composer> make_sms_composer(sms_terms terms) { return std::make_unique<sms_composer>(std::move(terms)); }

} // namespace chainring::dialer
