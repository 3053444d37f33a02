// switchboard.hpp: from call requests to call results: who gets a channel, when a call may start, what is refused, what
// is held until a window opens. Arithmetic on `now`; the dialer actor around it carries messages and commits.
//
// What carries a record: those of contact_info_type 10 (E-Mail) go to the e-mail trunks of their campaign; others to its voice
// trunks, or to its SMS trunks if it has no voice trunk or the record's option `media` says "sms" ("voice": the other way).
//
// The way of one request: add → queue → grant (checks, channel) → answer_validation, if it is to be validated (intent to be
// written) → confirm (the intent is durable)
// → advance (calls-per-second, checked again, trunk starts) → advance (the trunk has a result).
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "dialer/campaign_pace.hpp"
#include "dialer/compliance.hpp"
#include "dialer/fair_queue.hpp"
#include "dialer/history_record.hpp"
#include "dialer/pacing.hpp"
#include "dialer/shards.hpp"
#include "dialer/pre_dial_validation.hpp"
#include "dialer/store/store.hpp"
#include "dialer/trunks/trunk.hpp"

namespace chainring::dialer {

/// Option of a record (set_flex_attr OPTIONS) that chooses between voice and SMS.
inline constexpr std::string_view media_option = "media";

/// Where the host finds the chain that asked. Means nothing here.
struct chain_tag {
  std::uint32_t lane = 0, slot = 0, generation = 0;
};

/// A server is to be asked before the call.
struct validation_wanted {
  std::string uri;
  std::string question;               // validation_question()
  const calling_list* form = nullptr; // outlives the request
  std::uint64_t handle = 0;
  call_result otherwise = call_result::general_error; // without a usable answer
};

struct call_request {
  chain_tag from;
  std::uint32_t campaign = 0;
  record_key key;
  std::int64_t record_id = 0;
  std::uint64_t handle = 0; // of the record, as scripts see it
  std::int32_t record = 0;  // position in the chain
  std::int32_t attempt = 0; // 1 for the first
  std::string number;
  std::uint8_t contact_type = 0;  // column contact_info_type
  std::string customer_id;        // empty: none
  daily_hours hours;              // of the record, in its zone
  std::int64_t not_before_ms = 0; // redial gap after an attempt that ended unknown
  std::int64_t scheduled_ms = 0;  // of its row: schedule.hpp
  bool no_call = false;           // its row's type is NoCall
  std::vector<std::pair<std::string, std::string>> options, extensions;
  std::shared_ptr<const validation_wanted> validation; // null: none
  std::shared_ptr<const contact> about; // null: no trunk of the campaign sends messages
  std::shared_ptr<const history_wanted> history;       // null: nobody is told of the attempt
  std::shared_ptr<const write_instance> waiting;       // the chain as it waits for the call; null: it cannot be saved
  bool released = false;   // set by the switchboard: somebody has released it, in Preview mode
  bool has_intent = false; // set by the switchboard: held after the intent was committed
};

/// A call that waits until somebody releases it.
struct preview {
  std::uint64_t handle = 0;
  std::string list;
  std::int64_t record_id = 0, chain_id = 0;
  std::int32_t chain_n = 0;
  std::string number;
};

/// Where a request is, and until when if that is known.
struct request_place {
  enum class stage : std::uint8_t {
    previewed,   // waits for its release
    paused,      // its campaign does not dial: pause()
    channel,     // no trunk of its campaign has a free channel, or others have their turn
    trunk_fault, // its trunks do not dial: `words`
    pace,        // calls-per-minute of its campaign
    channels,    // of its campaign are all in use
    agents,      // of its campaign are all busy, or there is none
    gap,         // redial gap
    scheduled,   // its row is
    window,
    full_queue,
    validating,
    start, // calls-per-second of its trunk, or the commit of its intent
    live,
  } at = stage::channel;
  std::int64_t until_ms = 0; // 0: not known
  std::string words;
};

/// How a request ended.
struct call_outcome {
  chain_tag from;
  std::uint32_t campaign = 0;
  std::int32_t record = 0;
  std::int32_t attempt = 0; // 0: was not dialed
  call_result result = call_result::unknown;
  dialer::write write; // what has to be durable before the chain hears of it
  medium by = medium::voice; // what the trunk carries
  bool is_known = true;      // false: the attempt is of unknown end, `result` is SystemError
  std::string note;          // for the log; empty: nothing to say
};

struct switchboard_counts {
  std::uint64_t requested = 0, started = 0, ended = 0, refused_do_not_call = 0, held_window = 0, held_gap = 0,
                held_schedule = 0;
  std::uint64_t refused_validation = 0, ended_unknown = 0, not_carried = 0;
  std::size_t queued = 0, held = 0, validating = 0, granted = 0, live = 0, previews = 0;
};

/// Whose calls: those of a campaign, or those to chains of some shards.
struct call_scope {
  std::optional<std::uint32_t> campaign;
  shard_set shards;

  bool covers(std::uint32_t of_campaign, list_id list, std::int64_t chain_id) const {
    return campaign ? *campaign == of_campaign : shards[shard_of(list, chain_id)];
  }
  bool covers(const call_request& r) const { return covers(r.campaign, r.key.list, r.key.chain_id); }
};

struct trunk_limits {
  std::int32_t channels = 0;
  double calls_per_second = 0;
};

class switchboard {
 public:
  /// Both outlive the switchboard.
  switchboard(const do_not_call_list& no_calls, const time_zones& zones);
  ~switchboard();

  void add_trunk(std::unique_ptr<trunk> t, const trunk_limits& most, dialer::pacing pace);
  /// From now on the trunk, by its position, carries no more than this, which is at most what it was added with; calls that are
  /// more go on. Nothing of one of the two: it carries none.
  void limit(std::uint32_t trunk, const trunk_limits& most);
  /// A campaign and the trunks that carry its calls, positions in order of add_trunk: of those that carry a record the first with
  /// room is taken. A record that none carries ends with DialError, not dialed. After an attempt of unknown end its record is
  /// not called for `redial_gap_ms`.
  void add_campaign(std::uint32_t campaign, std::vector<std::uint32_t> trunks, std::int64_t redial_gap_ms = 0);
  /// What the campaign allows by itself; without it as its trunks allow.
  void set_pace(std::uint32_t campaign, campaign_pace pace);
  /// As campaign_pace::limit, of a campaign that has a pace.
  void limit_campaign(std::uint32_t campaign, std::int32_t channels, std::int32_t calls_per_minute);
  /// Null: it has none.
  const campaign_pace* pace_of(std::uint32_t campaign) const;
  /// From now on; calls that are more go on. False: the campaign does not dial against agents.
  bool set_agents(std::uint32_t campaign, std::int32_t agents);
  /// Calls of the campaign that wait for their release, by handle, `most` at most.
  std::vector<preview> previews(std::uint32_t campaign, std::size_t most) const;
  std::size_t previews_waiting(std::uint32_t campaign) const;
  /// Puts the call among the others, in the next settle(). False: none waits under that handle.
  bool release(std::uint64_t handle);
  /// Where the request for this record is; none: there is none. Looks at every request: for people's questions.
  std::optional<request_place> place_of(list_id list, std::int64_t record_id, std::int64_t now_ms) const;
  /// The name is for the trunk's log.
  void add_list(list_id list, std::string name);

  /// Calls of the campaign wait from now on; those that have an intent go on.
  void pause(std::uint32_t campaign);
  /// Calls of the campaign are made, after pause() or withdraw().
  void resume(std::uint32_t campaign);
  /// Forgets these requests, also those that come, until pause() or resume(). Those that have an intent go on; one that is held
  /// since ends unknown with the next advance().
  void withdraw(const call_scope& whose, std::int64_t now_ms);
  /// Calls to chains of these shards are made, after withdraw().
  void resume(const shard_set& shards) { withdrawn_shards_ &= ~shards; }
  /// Of calls with an intent.
  bool has_calls(const call_scope& whose) const;
  /// To whose chains there are such calls.
  shard_set shards_with_calls() const;
  /// Asked before each call leaves, and before any is granted: false keeps all of them waiting.
  void leave_only_if(std::function<bool()> allowed) { may_leave_ = std::move(allowed); }
  /// An attempt of the record that others have made ended unknown: no call before until_ms.
  void note_gap(list_id list, std::int64_t record_id, std::int64_t until_ms);

  /// Takes requests; they wait until settle().
  void add(std::vector<call_request>&& requests);
  /// Puts what has been added into the queue, ordered by (campaign, chain_id, chain_n, list): in virtual time called
  /// when all requests of the instant are there, so that the order does not depend on which thread was first.
  void settle(std::int64_t now_ms);

  /// Intents to be committed as one batch; confirm it when it is durable.
  struct granted {
    std::vector<write> intents;
    std::vector<std::uint64_t> calls; // of the intents
    std::vector<std::pair<std::uint64_t, std::shared_ptr<const validation_wanted>>> questions; // calls, and what to ask first
  };
  /// Gives channels to queued requests. Requests that are refused end here, in `refused`.
  granted grant(std::int64_t now_ms, std::vector<call_outcome>& refused);
  /// The answers to some questions, each with its call. Those of one instant together: their order does not matter.
  granted answer_validations(std::vector<std::pair<std::uint64_t, validation_verdict>> answers, std::int64_t now_ms,
                             std::vector<call_outcome>& refused);
  /// Whose call it is; none: it has been given up.
  const call_request* find(std::uint64_t call) const;
  void confirm(const std::vector<std::uint64_t>& calls);
  /// The intent of a granted call cannot be stored: the call is given up. Whose it was.
  chain_tag give_up(std::uint64_t call);

  /// Collects the calls that have ended and starts confirmed calls that may start now.
  void advance(std::int64_t now_ms, std::vector<call_outcome>& ended);

  /// When settle() or advance() next has something to do on their own, epoch ms, or trunk::never.
  std::int64_t next_due_ms(std::int64_t now_ms) const;
  /// No more grants, and no answers are waited for; what is confirmed and live goes on.
  void close();
  /// Nothing is granted, confirmed or live.
  bool idle() const { return calls_.empty(); }
  /// A trunk has failed limits::trunk_faults_max times in a row: its complaint.
  std::optional<std::string> broken() const;
  switchboard_counts counts() const;

  struct line_counts {
    std::string name;
    std::int32_t channels = 0;
    double calls_per_second = 0;
    std::size_t busy = 0; // channels in use
    std::size_t waiting = 0; // calls that it could carry, of campaigns that dial, and those it has been granted
    std::uint64_t started = 0;
    std::string fault; // why the trunk does not dial now; empty: it does
  };
  std::vector<line_counts> lines() const;
  /// Calls of a campaign that wait for nothing but a channel or their turn, and those it has been granted.
  std::size_t waiting_of(std::uint32_t campaign) const;

 private:
  struct line;
  struct live_call;
  struct route;
  struct ways;
  std::size_t route_over(std::vector<std::uint32_t> trunks);
  void refuse_uncarried(const call_request& request, medium wanted);
  std::string place_of(const call_request& request) const;
  void hold_in_gap(call_request& request, std::int64_t now_ms);
  void note_unknown(const call_request& request, std::int64_t ended_ms);
  bool refuse_or_hold(call_request& request, std::int64_t now_ms, std::vector<call_outcome>& refused);
  campaign_pace* find_pace(std::uint32_t campaign);
  bool may_grant(std::uint32_t campaign, std::int64_t now_ms) const;
  bool is_withdrawn(const call_request& r) const;
  bool has_room(const line& l) const;
  request_place why_queued(const call_request& request, std::int64_t now_ms) const;
  void let_go(const live_call& c);
  std::int64_t next_start_ms(const line& l, std::int64_t now_ms) const;
  bool grant_one(route& r, std::int64_t now_ms, granted& out, std::vector<call_outcome>& refused);
  void add_intent(std::uint64_t id, const live_call& c, std::int64_t now_ms, granted& out) const;
  void hold(call_request&& request, std::int64_t until_ms);
  void end_unknown(const call_request& request, std::int64_t now_ms);
  void give_up_validations(const std::function<bool(const live_call&)>& which);
  void collect_ended(line& l, std::int64_t now_ms, std::vector<call_outcome>& ended);
  call_outcome forbidden(const call_request& request, const std::string& trunk, std::int64_t now_ms);
  void start_confirmed(line& l, std::int64_t now_ms, std::vector<call_outcome>& ended);
  call to_call(std::uint64_t id, const call_request& request) const;

  const do_not_call_list& no_calls_;
  const time_zones& zones_;
  std::vector<line> lines_;
  std::vector<route> routes_; // campaigns with the same trunks share a queue
  std::unordered_map<std::uint32_t, ways> ways_of_; // by campaign
  std::vector<call_outcome> ended_early_;
  std::map<std::uint32_t, campaign_pace> paces_; // of those that have one
  std::map<std::pair<std::uint32_t, std::uint64_t>, call_request> previews_; // by campaign and handle
  std::map<std::pair<list_id, std::int64_t>, std::int64_t> gaps_; // by list and record: when it may be called again
  std::set<std::pair<std::int64_t, std::pair<list_id, std::int64_t>>> gaps_by_end_;
  std::unordered_map<list_id, std::string> list_names_;
  std::set<std::uint32_t> paused_, withdrawn_; // campaigns
  shard_set withdrawn_shards_;
  std::function<bool()> may_leave_ = [] { return true; };
  std::vector<call_request> added_;
  std::unordered_map<std::uint64_t, call_request> queued_; // by ticket of the fair queue
  std::multimap<std::int64_t, call_request> held_;         // by the instant at which they are looked at again
  std::unordered_map<std::uint64_t, live_call> calls_;
  std::uint64_t last_ticket_ = 0, last_call_ = 0;
  std::size_t validating_ = 0;
  bool closed_ = false;
  switchboard_counts counts_;
};

} // namespace chainring::dialer
