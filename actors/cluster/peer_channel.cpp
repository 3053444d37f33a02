// peer_channel.cpp: see peer_channel.hpp.
#include "actors/cluster/peer_channel.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "actors/http/router.hpp"
#include "actors/limits.hpp"

namespace chainring::actors {

namespace {

std::size_t bytes_of(const peer_question& q) {
  return sizeof q + q.method.size() + q.target.size() + q.content_type.size() + q.body.size();
}
std::size_t bytes_of(const peer_answer& a) { return sizeof a + a.content_type.size() + a.body.size(); }

peer_answer too_long(std::uint64_t question, std::size_t bytes) {
  auto said = error_response(503, {"the answer is too long for a peer: " + std::to_string(bytes) + " bytes of at most " +
                                     std::to_string(limits::peer_item_bytes_max),
                                   "", "ask the node itself"});
  return {question, said.status, std::move(said.content_type), std::move(said.body)};
}

} // namespace

bool peer_channel::has_room(std::size_t bytes) const {
  return bytes <= limits::peer_item_bytes_max && items_waiting() < limits::peer_items_waiting_max &&
         bytes_ + bytes <= limits::peer_bytes_waiting_max;
}

bool peer_channel::put(peer_question question) {
  const auto bytes = bytes_of(question);
  if (!has_room(bytes)) return false;
  bytes_ += bytes;
  questions_.push_back(std::move(question));
  return true;
}

bool peer_channel::put(peer_answer answer) {
  if (const auto all = bytes_of(answer); all > limits::peer_item_bytes_max) answer = too_long(answer.id, all);
  const auto bytes = bytes_of(answer);
  if (!has_room(bytes)) return false;
  bytes_ += bytes;
  answers_.push_back(std::move(answer));
  return true;
}

bool peer_channel::take_back(std::uint64_t question) {
  const auto found = std::find_if(questions_.begin(), questions_.end(), [&](const auto& q) { return q.id == question; });
  if (found == questions_.end()) return false;
  bytes_ -= bytes_of(*found);
  questions_.erase(found);
  return true;
}

/// Answers first: somebody waits for them, and they make room at the other side.
std::optional<peer_batch> peer_channel::next() {
  peer_batch batch{.taken = taken_};
  std::size_t bytes = 0, items = 0;
  const auto fits = [&] { return items < limits::peer_batch_items_max && bytes < limits::peer_batch_bytes_max; };
  const auto move_some = [&](auto& from, auto& into) {
    for (; !from.empty() && fits(); ++items, from.pop_front()) {
      const auto size = bytes_of(from.front());
      bytes += size;
      bytes_ -= size;
      into.push_back(std::move(from.front()));
    }
  };
  if (in_flight() < limits::peer_batches_in_flight_max) {
    move_some(answers_, batch.answers);
    move_some(questions_, batch.questions);
  }
  if (items > 0) batch.number = ++sent_;
  else if (taken_ - told_ < limits::peer_batches_in_flight_max / 2) return std::nullopt;
  told_ = taken_;
  return batch;
}

bool peer_channel::take(const peer_batch& batch) {
  if (batch.taken > sent_ || batch.taken < thanked_) return false;
  thanked_ = batch.taken;
  if (batch.number == 0) return true;
  if (batch.number != taken_ + 1 || batch.number - told_ > limits::peer_batches_in_flight_max) return false;
  taken_ = batch.number;
  return true;
}

} // namespace chainring::actors
