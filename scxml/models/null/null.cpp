// null.cpp: the null data model; conditions are understood once per document.
#include "scxml/models/null/null.hpp"

#include <utility>

namespace chainring::scxml {

namespace {

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

/// The id in In(id), In('id') or In("id"), or nothing.
std::string_view state_asked_for(std::string_view text) {
  text = trimmed(text);
  if (!text.starts_with("In")) return {};
  text = trimmed(text.substr(2));
  if (!text.starts_with('(') || !text.ends_with(')')) return {};
  text = trimmed(text.substr(1, text.size() - 2));
  if (text.size() > 2 && (text.front() == '\'' || text.front() == '"') &&
      text.back() == text.front())
    text = text.substr(1, text.size() - 2);
  return text.find_first_of("()'\" \t\r\n") == std::string_view::npos ? text : std::string_view{};
}

/// Holds the state that each condition asks for; a session has no data at all.
class null_model final : public datamodel {
 public:
  explicit null_model(std::shared_ptr<const document> d)
      : document_(std::move(d)) {
    asked_.resize(document_->expressions.size());
    for (std::size_t e = 0; e < asked_.size(); ++e) {
      if (document_->expressions[e].kind != expression_kind::condition) continue;
      const auto id = state_asked_for(document_->expressions[e].text);
      asked_[e] = {!id.empty(), id.empty() ? none : document_->find_state(id)};
    }
  }

  verdict create(surroundings&) override { return {}; }
  void destroy(session&) noexcept override {}

  verdict condition(surroundings& s, index e, bool& out) override {
    if (!asked_[e].understood)
      return refused(e, "a condition of the null data model must be In('state')");
    out = asked_[e].state != none && s.self.is_active(asked_[e].state);
    return {};
  }
  /// Text of <content> is the only value there is.
  verdict evaluate(surroundings&, index e, value& out) override {
    if (document_->expressions[e].kind != expression_kind::content) return refused(e, no_values);
    out = document_->expressions[e].text;
    return {};
  }
  verdict assign(surroundings&, index location, index) override {
    return refused(location, no_values);
  }
  verdict assign_value(surroundings&, index location, const value&) override {
    return refused(location, no_values);
  }
  verdict initialize(surroundings&, index item) override {
    return {failure::failed, "<data id='" + document_->data[item].id + "'>: " + no_values};
  }
  bool set_item(surroundings&, std::string_view, const value&) override { return false; }
  verdict run_script(surroundings&, index e) override { return refused(e, no_values); }
  verdict foreach (surroundings&, const foreach_operands& loop,
                   const std::function<bool()>&) override {
    return refused(loop.array, no_values);
  }

  result<std::string> save(surroundings&) override { return std::string(); }
  verdict restore(surroundings&, std::string_view bytes) override {
    if (bytes.empty()) return {};
    return {failure::failed, "the null data model has no data to restore"};
  }

 private:
  static constexpr const char* no_values = "the null data model has no values and no scripts";

  struct asked_state {
    bool understood = false;
    index state = none;
  };

  verdict refused(index e, const char* why) const {
    return {failure::failed, "'" + document_->expressions[e].text + "': " + why};
  }

  std::shared_ptr<const document> document_;
  std::vector<asked_state> asked_; // per expression
};

} // namespace

result<std::shared_ptr<datamodel>> null_source::open(const std::shared_ptr<const document>& d) {
  if (d->datamodel != datamodel_kind::null)
    return error{"the document wants the ecmascript data model", d->source,
                 "open it with the ECMAScript models"};
  return std::shared_ptr<datamodel>(std::make_shared<null_model>(d));
}

} // namespace chainring::scxml
