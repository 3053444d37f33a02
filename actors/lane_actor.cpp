// lane_actor.cpp: the mailbox of an actor on a lane, and its end.
#include "actors/lane_actor.hpp"

#include <exception>
#include <string>
#include <utility>

#include <caf/actor_cast.hpp>
#include <caf/detail/sync_request_bouncer.hpp>
#include <caf/exit_reason.hpp>
#include <caf/sec.hpp>
#include <caf/system_messages.hpp>

#include "actors/lane.hpp"

namespace chainring::actors {

static_assert(sizeof(lane_actor) + CAF_CACHE_LINE_SIZE == 168, "a million chains pay for each byte");

std::uint32_t lane_actor::slot() const noexcept { return slab::number_of(ctrl()); }

caf::actor lane_actor::handle() { return caf::actor_cast<caf::actor>(caf::strong_actor_ptr{ctrl()}); }

void lane_actor::enqueue(caf::mailbox_element_ptr message, caf::execution_unit* from) {
  const auto id = message->mid;
  caf::strong_actor_ptr sender; // only to bounce: push_front destroys the message when closed
  if (id.is_request()) sender = message->sender;
  auto* home = lane_; // an actor that has been handed over may be gone
  const auto kind = kind_;
  const bool here = from == home || home->here();
  switch (inbox_.push_front(std::move(message))) {
  case caf::intrusive::inbox_result::unblocked_reader:
    home->count_enqueued(kind, here);
    // No reference for the run-queue: the lane's own one lasts until the actor has ended, and one that ends while a
    // foreign thread is between push_front and push_remote is released only when it is popped.
    if (here) home->push_local(*this);
    else home->push_remote(*this);
    break;
  case caf::intrusive::inbox_result::queue_closed:
    if (id.is_request()) caf::detail::sync_request_bouncer{end_reason()}(sender, id);
    break;
  default: home->count_enqueued(kind, here); break;
  }
}

void lane_actor::on_destroy() {
  if (!getf(is_cleaned_up_flag)) { // its constructor threw half-way, or it was never spawned
    set_end_reason(caf::make_error(caf::exit_reason::unreachable));
    announce_end(nullptr);
  }
  slim_actor::on_destroy();
}

void lane_actor::quit(caf::error reason) {
  if (ended_) return;
  ended_ = true;
  set_end_reason(std::move(reason));
}

void lane_actor::quit_for_exception() {
  home().count_fault(kind_);
  std::string what = "not a std::exception";
  try {
    throw;
  } catch (const std::exception& problem) {
    what = problem.what();
  } catch (...) {
  }
  on_exception(what);
  quit(caf::make_error(caf::sec::runtime_error, std::string{name()}, std::move(what)));
}

void lane_actor::unknown(caf::mailbox_element& message, lane& here) {
  auto& content = message.content();
  if (content.match_elements<caf::exit_msg>()) {
    auto& exit = content.get_mutable_as<caf::exit_msg>(0);
    if (exit.reason) quit(std::move(exit.reason));
  } else if (message.mid.is_request()) {
    respond(message, here, caf::make_error(caf::sec::unexpected_message));
  }
}

void lane_actor::take(caf::mailbox_element& message, lane& here) {
  lane::add(here.beats_);
  here.count_message(kind_);
  if (ended_) {
    if (message.mid.is_request()) caf::detail::sync_request_bouncer{end_reason()}(message);
    return;
  }
  here.stepping_ = this != here.self_actor_;
  try {
    on_message(message, here);
  } catch (...) {
    quit_for_exception();
  }
  here.stepping_ = false;
  // The inbox is not blocked here, so nobody can be handing us over, and later senders bounce.
  if (ended_) static_cast<void>(end(here));
}

lane_actor::turn lane_actor::run(lane& here, std::size_t messages_max) {
  if (inbox_.closed()) return turn::ended; // by a direct step, while a foreign thread was handing us over
  for (std::size_t messages = 0;;) {
    caf::intrusive::singly_linked<caf::mailbox_element>* newest = inbox_.take_head();
    if (!newest) {
      if (inbox_.try_block()) return turn::blocked;
      continue;
    }
    caf::mailbox_element* oldest = nullptr;
    while (newest) {
      auto* next = newest->next;
      newest->next = oldest;
      oldest = inbox::promote(newest);
      newest = next;
    }
    for (; oldest; ++messages) {
      caf::mailbox_element_ptr message{oldest};
      oldest = static_cast<caf::mailbox_element*>(message->next);
      message->next = nullptr;
      take(*message, here);
    }
    if (ended_) return turn::ended;
    if (messages >= messages_max) return inbox_.try_block() ? turn::blocked : turn::again;
  }
}

bool lane_actor::end(lane& here) {
  here.forget(*this);
  on_end(here);
  unregister_from_system();
  announce_end(&here);
  bool waiting = false;
  const caf::detail::sync_request_bouncer bounce{end_reason()};
  auto refuse = [&](caf::mailbox_element* element) {
    waiting = true;
    caf::mailbox_element_ptr message{element};
    here.count_message(kind_);
    bounce(*message);
  };
  inbox_.close(refuse);
  return !waiting;
}

} // namespace chainring::actors
