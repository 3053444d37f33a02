// campaign_pace.hpp: when a campaign may dial, by its dialing mode, whatever its trunks have room for. Pure arithmetic.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>

#include "dialer/dialing_mode.hpp"
#include "dialer/pacing.hpp"
#include "scxml/result.hpp"

namespace chainring::dialer {

struct campaign_pace_terms {
  dialing_mode mode = dialing_mode::power;
  std::int32_t channels = 0;         // calls at once (OCS numOfChannels); 0: as the trunks allow
  std::int32_t calls_per_minute = 0; // of Power; 0: as the trunks allow
  std::int32_t agents = 0;           // of Progressive
  double lines_per_agent = 1;        // of Progressive
};

/// A call is granted (a channel of a trunk is promised), started, ended; or let go before its start. Three rules hold:
/// - never more than `channels` calls granted and live;
/// - Power: never more than `calls_per_minute` starts in any 60,000 ms, evenly spaced;
/// - Progressive: no start while floor(lines_per_agent * agents) calls or more are live. That is OCS's
///   floor(m * (ready - queued - ceil(dialing / m))) where an agent is busy as long as the call is.
class campaign_pace {
 public:
  static constexpr std::int64_t never = pacing::never;

  static result<campaign_pace> make(const campaign_pace_terms& terms);

  dialing_mode mode() const { return terms_.mode; }
  std::int32_t agents() const { return terms_.agents; }
  const campaign_pace_terms& terms() const { return terms_; }
  /// From now on.
  void set_agents(std::int32_t agents) { terms_.agents = agents; }
  /// From now on at most these, of what it was made with; 0 of either: no calls. What it was made without stays without.
  void limit(std::int32_t channels, std::int32_t calls_per_minute);
  /// To what it keeps now.
  std::int32_t channels() const { return channels_; }
  std::int32_t calls_per_minute() const { return calls_per_minute_; }
  /// Calls at once that it may have now.
  std::int32_t calls_max() const;
  std::int32_t granted() const { return granted_; }
  std::int32_t live() const { return live_; }
  std::uint64_t started() const { return started_; }

  bool may_grant(std::int64_t now_ms) const { return next_grant_ms(now_ms) <= now_ms; }
  /// now_ms or later; never: not before a call ends or there are more agents.
  std::int64_t next_grant_ms(std::int64_t now_ms) const;
  std::int64_t next_start_ms(std::int64_t now_ms) const;

  void grant(std::int64_t now_ms);
  /// A granted call is not made: its grant is free again.
  void let_go();
  void start(std::int64_t now_ms);
  void end();

 private:
  explicit campaign_pace(const campaign_pace_terms& terms)
    : terms_(terms), channels_(terms.channels), calls_per_minute_(terms.calls_per_minute) {}

  campaign_pace_terms terms_;
  std::int32_t channels_, calls_per_minute_;
  std::optional<pacing> starts_; // of Power with calls_per_minute
  std::int64_t grant_spacing_ns_ = 0;
  std::int64_t next_grant_ns_ = std::numeric_limits<std::int64_t>::min();
  std::int32_t granted_ = 0; // not yet started
  std::int32_t live_ = 0;
  std::uint64_t started_ = 0;
};

} // namespace chainring::dialer
