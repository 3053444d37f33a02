// order_book.hpp: orders of the cluster, as this node follows them. An order stands in the store before anybody obeys it; a member
// hears of it by a message, or at its next look at the store, or when it joins, and obeys the last one once.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "actors/assignment.hpp"
#include "actors/protocols.hpp"
#include "dialer/store/shared_store.hpp"

namespace chainring::actors {

inline constexpr const char* state_order = "state"; // standing_order::what
inline constexpr const char* agents_order = "agents";

/// What standing_order::value says of a campaign.
enum class ordered_state : std::uint8_t { not_loaded, loaded, running, not_loaded_at_once };

/// What the verb makes of what was ordered before. Error: it cannot be obeyed in that state.
result<ordered_state> ordered_after(ordered_state before, campaign_order::verb what, const std::string& campaign);

enum class order_refusal : std::uint8_t {
  no_campaign, // of that name
  as_it_is,    // the campaign's state, or its dialing mode, leaves no room for it
  not_now,     // the store is away, or too many orders are on their way
};
/// An order that stands in the store, or why none does.
struct [[nodiscard]] given_order : result<dialer::standing_order> {
  given_order(dialer::standing_order order) : result(std::move(order)) {}
  given_order(order_refusal kind, chainring::error why) : result(std::move(why)), refusal(kind) {}
  order_refusal refusal = order_refusal::not_now; // when not ok()
};

/// Writes the order to the store, from which every member reads it. `without_any`: what stands as ordered before the first.
given_order give_order(dialer::shared_store& in, const std::string& campaign, campaign_order::verb what, ordered_state without_any);

/// The same for the number of agents of all nodes together.
given_order give_agents(dialer::shared_store& in, const std::string& campaign, std::int32_t agents);

class order_book {
 public:
  using heard = std::function<void(result<campaign_state>)>;

  struct terms {
    std::function<void(const std::string& campaign, campaign_order what)> order; // to the campaign's actor
    std::function<std::optional<campaign_state>(const std::string& campaign)> state; // now; nothing: there is no such campaign
    std::function<bool(const std::string& campaign, std::int32_t total)> agents; // false: it does not dial against agents
  };
  explicit order_book(terms with) : terms_(std::move(with)) {}

  /// Any thread. `answer` hears the state that this has led to, or why it is tried again later; of an order that is not newer than
  /// what is followed, the state that there is.
  void follow(const dialer::standing_order& order, heard answer);
  /// Those that could not be obeyed, once more.
  void try_again();
  /// The newest that it has heard of from the store's list.
  std::int64_t change() const;
  void has_read(std::int64_t change);

 private:
  struct followed {
    dialer::standing_order order;
    bool obeyed = false;
  };
  void obey(const dialer::standing_order& order, heard answer);
  void note(const dialer::standing_order& order, bool obeyed);
  void take_agents(const dialer::standing_order& order, campaign_state now, const heard& answer);

  const terms terms_;
  mutable std::mutex mutex_;
  std::map<std::pair<std::string, std::string>, followed> last_; // by campaign, and what
  std::int64_t change_ = 0;
};

} // namespace chainring::actors
