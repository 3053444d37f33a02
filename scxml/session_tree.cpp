// session_tree.cpp: kinship and names.
#include "scxml/session_tree.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

namespace chainring::scxml {

namespace {

constexpr std::string_view location_prefix = "#_scxml_s", parent = "#_parent", reference_prefix = "#_";

} // namespace

std::string location_of(const session& s) { return std::string(location_prefix) + std::to_string(s.id); }

const session* session_tree::find_invoked(std::uint64_t id) const {
  if (nested_)
    for (const auto& one : nested_->sessions)
      if (one->self.id == id) return &one->self;
  return nullptr;
}

const invoked_session* session_tree::invocation_of(const session& s) const {
  if (nested_)
    for (const auto& one : nested_->sessions)
      if (&one->self == &s) return one.get();
  return nullptr;
}

session* session_tree::invoker_of(const session& s) {
  const auto* how = invocation_of(s);
  return how ? find(how->invoker) : nullptr;
}

session* session_tree::invoked_by(const session& invoker, std::string_view id) {
  if (nested_)
    for (auto& one : nested_->sessions)
      if (one->invoker == invoker.id && one->id == id) return &one->self;
  return nullptr;
}

bool session_tree::has_invoked(const session& invoker, std::string_view id) const {
  const auto matches = [&](const auto& one) { return one.invoker == invoker.id && one.id == id; };
  if (!nested_) return false;
  return std::any_of(nested_->sessions.begin(), nested_->sessions.end(), [&](const auto& one) { return matches(*one); }) ||
         std::any_of(nested_->awaited.begin(), nested_->awaited.end(), matches);
}

std::size_t session_tree::depth_of(const session& s) const {
  std::size_t depth = 0;
  const session* at = &s;
  for (const invoked_session* how; (how = invocation_of(*at)); ++depth) {
    at = find(how->invoker);
    if (!at) break;
  }
  return depth;
}

std::size_t session_tree::size() const { return 1 + (nested_ ? nested_->sessions.size() + nested_->awaited.size() : 0); }

session* session_tree::resolve(const session& from, std::string_view target) {
  if (target.empty()) return find(from.id);
  if (target == parent) return invoker_of(from);
  if (target.starts_with(location_prefix)) {
    std::uint64_t id = 0;
    const char *begin = target.data() + location_prefix.size(), *end = target.data() + target.size();
    const auto read = std::from_chars(begin, end, id);
    if (read.ec == std::errc{} && read.ptr == end) return find(id);
  }
  if (!target.starts_with(reference_prefix)) return nullptr;
  return invoked_by(from, target.substr(reference_prefix.size()));
}

bool session_tree::can_reach(const session& from, std::string_view target) const {
  if (const_cast<session_tree*>(this)->resolve(from, target)) return true;
  if (!target.starts_with(reference_prefix)) return false;
  const auto id = target.substr(reference_prefix.size());
  return std::any_of(from.invocations.begin(), from.invocations.end(), [&](const invocation& one) { return one.id == id; });
}

session_tree::nested& session_tree::more() {
  if (!nested_) nested_ = std::make_unique<nested>();
  return *nested_;
}

session& session_tree::add(std::unique_ptr<invoked_session> one) { return more().sessions.emplace_back(std::move(one))->self; }

std::unique_ptr<invoked_session> session_tree::remove(std::uint64_t id) {
  if (!nested_) return nullptr;
  auto& all = nested_->sessions;
  const auto at = std::find_if(all.begin(), all.end(), [&](const auto& one) { return one->self.id == id; });
  if (at == all.end()) return nullptr;
  auto taken = std::move(*at);
  all.erase(at);
  return taken;
}

void session_tree::await(awaited_document one) { more().awaited.push_back(std::move(one)); }

awaited_document session_tree::arrived(std::uint32_t ticket) {
  if (!nested_) return {};
  auto& all = nested_->awaited;
  const auto at = std::find_if(all.begin(), all.end(), [&](const auto& one) { return one.ticket == ticket; });
  if (at == all.end()) return {};
  auto taken = std::move(*at);
  all.erase(at);
  return taken;
}

void session_tree::forget_awaited(const session& invoker, std::string_view id) {
  if (nested_)
    std::erase_if(nested_->awaited, [&](const auto& one) { return one.invoker == invoker.id && one.id == id; });
}

} // namespace chainring::scxml
