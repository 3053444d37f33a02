// daytime_rounds.hpp: who on a lane hears that the daytime interval of a zone has changed: one deadline per zone, and rounds over
// its listeners, of which the lane takes as many at once as it likes.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "actors/clock.hpp"
#include "dialer/ocs_actions.hpp"
#include "scxml/session.hpp"

namespace chainring::actors {

/// Base of who may listen. Eight bytes: there are a million of them.
class daytime_listener {
 public:
  bool listens() const { return index_ != nowhere; }
  bool knows_zone() const { return zone_ != 0; }
  std::uint16_t alone_since_day = 0; // days since 1970: it has waited for nothing else; 0: it waits for an answer too

 private:
  friend class daytime_rounds;
  static constexpr std::uint32_t nowhere = 0x7fff'ffff;

  std::uint16_t zone_ = 0;             // 0: not looked up
  std::uint32_t index_ : 31 = nowhere; // among those of its zone that listen, or that are due
  std::uint32_t list_ : 1 = 0;         // of the two of its zone
};
static_assert(sizeof(daytime_listener) == 8);

/// A round takes all that listen in a zone; each joins again once it has heard. So nobody hears twice of one change, and who
/// joins while a round is under way does not hear of it at all.
class daytime_rounds {
 public:
  /// The zone of the listener's record; has to be told again when another record becomes its current one, or its row changes.
  void set_zone(daytime_listener& who, const dialer::chain_environment& environment, dialer::zone_index index);
  void forget_zone(daytime_listener& who);

  /// It knows its zone. False: no change will ever come there, and it does not listen.
  bool join(daytime_listener& who, std::int64_t now_ms);
  void leave(daytime_listener& who) {
    if (who.listens()) take_out(who);
  }

  /// Begins the rounds of all zones whose interval has changed.
  void begin(std::int64_t now_ms) {
    if (earliest_ms_ <= now_ms) begin_all(now_ms);
  }
  struct hearing {
    daytime_listener* who = nullptr;
    dialer::daytime_code code = dialer::daytime_code::hday;
  };
  /// The next that has to hear, and what; it listens no more until it joins again. None: every round is over.
  std::optional<hearing> next(std::int64_t now_ms);
  /// What this one has to hear if it is its turn in a round; then it listens no more, as after next().
  std::optional<dialer::daytime_code> take_due(daytime_listener& who, std::int64_t now_ms) {
    if (rounds_.empty() || !who.listens() || !is_due(who)) return std::nullopt;
    return take(who, now_ms);
  }
  /// When begin() is next worth calling; `now_ms` while a round is under way; never while nobody listens.
  std::int64_t next_due_ms(std::int64_t now_ms) const { return rounds_.empty() ? earliest_ms_ : now_ms; }
  std::size_t listeners() const { return listeners_; }
  /// The next change that this listener hears of.
  std::int64_t next_change_ms(const daytime_listener& who) const { return zones_[who.zone_ - 1u].due_ms; }

 private:
  struct zone {
    const dialer::time_zones* zones = nullptr;
    const dialer::daytime_tables* tables = nullptr;
    dialer::zone_index index = 0;
    std::int64_t due_ms = 0; // of the next change, found when somebody joins
    std::array<std::vector<daytime_listener*>, 2> lists;
    std::uint8_t open = 0; // the list that listens; the other one is due in a round
    std::vector<daytime_listener*>& listening() { return lists[open]; }
    std::vector<daytime_listener*>& due() { return lists[1u - open]; }
  };
  zone& zone_of(const daytime_listener& who) { return zones_[who.zone_ - 1u]; }
  bool is_due(const daytime_listener& who) { return who.list_ != zone_of(who).open; }
  void take_out(daytime_listener& who);
  void begin_all(std::int64_t now_ms);
  dialer::daytime_code take(daytime_listener& who, std::int64_t now_ms);
  void begin(std::uint16_t number, std::int64_t now_ms);
  void set_earliest();

  std::map<std::pair<const dialer::daytime_tables*, dialer::zone_index>, std::uint16_t> numbers_;
  std::deque<zone> zones_;            // by number - 1
  std::vector<std::uint16_t> rounds_; // numbers of zones with listeners that are due
  std::int64_t earliest_ms_ = never;  // of zones in which somebody listens
  std::size_t listeners_ = 0;
};

/// In which states of a document an event ocs.daytime_change is awaited.
class daytime_transitions {
 public:
  /// A transition of an active state of this session names the event.
  bool awaited_by(const scxml::session& s) {
    if (s.document.get() != last_document_ || last_entry_->document.expired()) look_up(s.document);
    if (!last_entry_->states) return false;
    bool awaited = false;
    s.configuration.for_each([&](std::uint16_t state) { awaited = awaited || last_entry_->states->contains(state); });
    return awaited;
  }

 private:
  struct entry {
    std::weak_ptr<const scxml::document> document;
    std::optional<scxml::state_set> states; // none: in no state
  };
  void look_up(const std::shared_ptr<const scxml::document>& d);
  const entry& entry_of(const std::shared_ptr<const scxml::document>& d);

  std::map<const scxml::document*, entry> entries_;
  const scxml::document* last_document_ = nullptr; // most chains of a lane have the same treatment
  const entry* last_entry_ = nullptr;
};

} // namespace chainring::actors
