// daytime_rounds.cpp: see daytime_rounds.hpp.
#include "actors/daytime_rounds.hpp"

#include <algorithm>
#include <cassert>
#include <string_view>

namespace chainring::actors {

namespace {

/// By SCXML 3.12.1: the event itself, or the beginning of its name up to a dot.
bool names_daytime_change(std::string_view descriptor) {
  return descriptor.empty() || descriptor == "ocs" || descriptor == "ocs.daytime_change";
}

} // namespace

// -- zones -----------------------------------------------------------------------------------------------------------------

void daytime_rounds::set_zone(daytime_listener& who, const dialer::chain_environment& environment, dialer::zone_index index) {
  const auto next = static_cast<std::uint16_t>(zones_.size() + 1);
  const auto [number, is_new] = numbers_.try_emplace({&environment.daytime, index}, next);
  if (is_new) zones_.push_back({&environment.zones, &environment.daytime, index, 0, {}, 0});
  if (who.zone_ == number->second) return;
  leave(who);
  who.zone_ = number->second;
}

void daytime_rounds::forget_zone(daytime_listener& who) {
  leave(who);
  who.zone_ = 0;
}

// -- listeners -------------------------------------------------------------------------------------------------------------

bool daytime_rounds::join(daytime_listener& who, std::int64_t now_ms) {
  assert(who.knows_zone());
  if (who.listens()) return true;
  auto& z = zone_of(who);
  // A change of this very moment is for those that were there before it.
  if (z.due_ms <= now_ms) begin(who.zone_, now_ms);
  if (z.due_ms == never) return false;
  who.index_ = static_cast<std::uint32_t>(z.listening().size()) & daytime_listener::nowhere;
  who.list_ = z.open & 1u;
  z.listening().push_back(&who);
  ++listeners_;
  earliest_ms_ = std::min(earliest_ms_, z.due_ms);
  return true;
}

void daytime_rounds::take_out(daytime_listener& who) {
  auto& z = zone_of(who);
  auto& list = z.lists[who.list_];
  list[who.index_] = list.back();
  list[who.index_]->index_ = who.index_;
  list.pop_back();
  who.index_ = daytime_listener::nowhere;
  --listeners_;
  if (z.listening().empty()) set_earliest(); // nobody waits for its deadline any more
}

// -- rounds ----------------------------------------------------------------------------------------------------------------

void daytime_rounds::begin_all(std::int64_t now_ms) {
  for (std::size_t i = 0; i < zones_.size(); ++i)
    if (zones_[i].due_ms <= now_ms && !zones_[i].listening().empty()) begin(static_cast<std::uint16_t>(i + 1), now_ms);
  set_earliest();
}

void daytime_rounds::begin(std::uint16_t number, std::int64_t now_ms) {
  auto& z = zones_[number - 1u];
  const auto change = z.tables->next_change(*z.zones, z.index, now_ms / 1'000);
  z.due_ms = change ? *change * 1'000 : never;
  if (z.listening().empty()) return;
  for (daytime_listener* who : z.due()) { // left of the round before: they hear once, of what is now
    who->index_ = static_cast<std::uint32_t>(z.listening().size()) & daytime_listener::nowhere;
    who->list_ = z.open & 1u;
    z.listening().push_back(who);
  }
  z.due().clear();
  z.open = 1u - z.open;
  if (std::find(rounds_.begin(), rounds_.end(), number) == rounds_.end()) rounds_.push_back(number);
}

dialer::daytime_code daytime_rounds::take(daytime_listener& who, std::int64_t now_ms) {
  leave(who);
  const auto& z = zone_of(who);
  return z.tables->code_at(*z.zones, z.index, now_ms / 1'000);
}

std::optional<daytime_rounds::hearing> daytime_rounds::next(std::int64_t now_ms) {
  while (!rounds_.empty()) {
    auto& due = zones_[rounds_.front() - 1u].due();
    if (due.empty()) {
      rounds_.erase(rounds_.begin());
      continue;
    }
    daytime_listener& who = *due.back();
    return hearing{&who, take(who, now_ms)};
  }
  return std::nullopt;
}

void daytime_rounds::set_earliest() {
  earliest_ms_ = never;
  for (const auto& z : zones_)
    if (!z.lists[z.open].empty()) earliest_ms_ = std::min(earliest_ms_, z.due_ms);
}

// -- documents -------------------------------------------------------------------------------------------------------------

const daytime_transitions::entry& daytime_transitions::entry_of(const std::shared_ptr<const scxml::document>& d) {
  auto& e = entries_[d.get()];
  if (!e.document.expired()) return e; // else another document that lived there, or none
  e.document = d;
  e.states.reset();
  for (const auto& t : d->transitions)
    for (const auto& descriptor : d->view(d->descriptors, t.events))
      if (names_daytime_change(descriptor.prefix)) {
        if (!e.states) e.states.emplace();
        e.states->insert(static_cast<std::uint16_t>(t.source));
      }
  return e;
}

void daytime_transitions::look_up(const std::shared_ptr<const scxml::document>& d) {
  std::erase_if(entries_, [](const auto& e) { return e.second.document.expired(); });
  last_entry_ = &entry_of(d);
  last_document_ = d.get();
}

} // namespace chainring::actors
