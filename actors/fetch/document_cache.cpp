// document_cache.cpp: who is there, and who goes.
#include "actors/fetch/document_cache.hpp"

#include <algorithm>

#include "scxml/document_origin.hpp"

namespace chainring::actors {

std::size_t bytes_of(const scxml::document& d) {
  std::size_t sum = sizeof d;
  const auto add = [&](const auto&... tables) {
    ((sum += tables.capacity() * sizeof(typename std::decay_t<decltype(tables)>::value_type)), ...);
  };
  add(d.states, d.transitions, d.target_states, d.descriptors, d.expressions, d.data, d.blocks, d.instructions);
  add(d.raises, d.branches, d.chooses, d.foreaches, d.logs, d.assigns, d.scripts, d.parameters, d.sends, d.cancels);
  add(d.action_attributes, d.actions, d.donedatas, d.invokes, d.histories);
  for (const auto& i : d.invokes)
    if (i.inline_document) sum += bytes_of(*i.inline_document);
  if (!d.origin) return sum;
  std::size_t text = d.origin->text.size();
  for (const auto& [name, content] : d.origin->resources) text += name.size() + (content ? content->size() : 0);
  return sum + 2 * text; // the text, and what of it stands in the tables as strings
}

std::optional<document_cache::entry> document_cache::find(const std::string& uri) {
  const std::lock_guard lock{mutex_};
  const auto found = by_uri_.find(uri);
  if (found == by_uri_.end()) return std::nullopt;
  found->second.last_used = ++uses_;
  return found->second.what;
}

void document_cache::put(const std::string& uri, entry one, std::shared_ptr<cache_share> share) {
  const std::lock_guard lock{mutex_};
  auto& place = by_uri_[uri];
  if (place.share) count(place, false);
  place = {std::move(one), std::move(share), ++uses_};
  count(place, true);
  make_room(uri);
}

std::size_t document_cache::bytes() const {
  const std::lock_guard lock{mutex_};
  return bytes_;
}

void document_cache::count(const kept& one, bool in) {
  const bool is_kept = !one.what.problem.what.empty();
  const auto* document = one.what.last->document.get();
  auto& w = by_document_[document];
  if (in) {
    ++one.share->documents;
    if (is_kept) ++one.share->kept;
    if (w.uris++ == 0) bytes_ += w.bytes = bytes_of(*document);
  } else {
    --one.share->documents;
    if (is_kept) --one.share->kept;
    if (--w.uris > 0) return;
    bytes_ -= w.bytes;
    by_document_.erase(document);
  }
}

void document_cache::make_room(const std::string& except) {
  while (by_uri_.size() > 1 && (bytes_ > bytes_max_ || by_uri_.size() > limits::documents_cached_max)) {
    const auto oldest = std::min_element(by_uri_.begin(), by_uri_.end(), [&](const auto& a, const auto& b) {
      return (a.first == except ? UINT64_MAX : a.second.last_used) < (b.first == except ? UINT64_MAX : b.second.last_used);
    });
    count(oldest->second, false);
    by_uri_.erase(oldest);
  }
}

} // namespace chainring::actors
