// ocs_actions.hpp: the custom actions of OCS carried out as far as the chain's own records and the
// daytime tables go. What needs the world (a call, a timer, the store) comes back as a wish to the
// host.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "dialer/chain.hpp"
#include "dialer/daytime.hpp"
#include "dialer/record_order.hpp"
#include "dialer/store/store.hpp"
#include "dialer/time_zones.hpp"
#include "scxml/effect.hpp"

namespace chainring::dialer {

/// What a chain needs to know of the campaign it runs in. Everything outlives the call.
struct chain_environment {
  const calling_list& form;
  list_id list = 0;
  const time_zones& zones;
  const daytime_tables& daytime;
  std::string_view preferred_contact_field =
      {}; // option treatment-preferred-contact-field; empty: none
  record_order order = {};
};

/// make_call: dial the record, then answer with call_result_event().
struct call_wanted {
  std::size_t position = 0;
};
/// timeout: at chain::timeout_due_ms, which has been set, answer with expire_timeout(). One per
/// chain: a new one replaces the one that was pending.
struct timeout_wanted {
  std::int64_t delay_ms = 0;
};
/// Deliver at once, in order.
using events_due = std::vector<scxml::event>;

struct action_outcome {
  std::variant<std::monostate, events_due, call_wanted, timeout_wanted>
      answer;                        // monostate: nothing
  std::vector<write_row> rows;       // that USERDATA changed: the host commits them
  std::vector<std::string> warnings; // for the log, a line each
};

/// Carries out one action of ocs_vocabulary(). A wrong attribute changes nothing and answers with
/// Error.Attribute, a missing table with Error.Configuration. Changes of rows are in the chain at
/// once.
action_outcome perform(chain& c, const scxml::action_effect& action,
                       const chain_environment& environment, std::int64_t now_ms);
/// The action's attributes could not be evaluated: Error.Attribute.
action_outcome perform(const scxml::action_failed_effect& failed);

/// The pending timeout is over: forgets it and gives ocs.timeout.
scxml::event expire_timeout(chain& c);

/// The daytime interval of the record that next_record gave last, in its zone: ocs.daytime_change,
/// which follows every restore and every change. Error.Configuration when the zone is not known any
/// more.
scxml::event current_daytime_event(const chain& c, const chain_environment& environment,
                                   std::int64_t now_ms);

} // namespace chainring::dialer
