// slim_actor.cpp: who hears of an actor's end.
#include "actors/slim_actor.hpp"

#include <mutex>
#include <utility>

#include <caf/actor_addr.hpp>
#include <caf/default_attachable.hpp>
#include <caf/message.hpp>
#include <caf/system_messages.hpp>

namespace chainring::actors {
namespace {

caf::default_attachable::observe_token link_to(caf::abstract_actor* other) {
  return {other->address(), caf::default_attachable::link};
}

} // namespace

void slim_actor::attach(caf::attachable_ptr observer) {
  const bool attached = exclusive_critical_section([&] {
    if (getf(is_terminated_flag)) return false;
    push(observer);
    return true;
  });
  if (!attached) observer->actor_exited(end_reason(), nullptr);
}

std::size_t slim_actor::detach(const caf::attachable::token& what) {
  std::unique_lock<std::mutex> guard{mtx_};
  return detach_locked(what, false, false);
}

void slim_actor::add_link(caf::abstract_actor* other) {
  auto link = caf::default_attachable::make_link(address(), other->address());
  bool ended = false;
  joined_exclusive_critical_section(this, other, [&] {
    if (getf(is_terminated_flag)) ended = true;
    else if (other->add_backlink(this)) push(link);
  });
  if (ended) send_exit_to(other);
}

void slim_actor::remove_link(caf::abstract_actor* other) {
  const auto link = link_to(other);
  joined_exclusive_critical_section(this, other, [&] {
    other->remove_backlink(this);
    detach_locked(link, true, false);
  });
}

bool slim_actor::add_backlink(caf::abstract_actor* other) {
  if (getf(is_terminated_flag)) {
    send_exit_to(other);
    return false;
  }
  if (detach_locked(link_to(other), true, true) != 0) return false;
  auto link = caf::default_attachable::make_link(address(), other->address());
  push(link);
  return true;
}

bool slim_actor::remove_backlink(caf::abstract_actor* other) {
  return detach_locked(link_to(other), true, false) > 0;
}

caf::error slim_actor::end_reason() const {
  std::unique_lock<std::mutex> guard{mtx_};
  return end_reason_;
}

bool slim_actor::announce_end(caf::execution_unit* here) {
  caf::attachable_ptr head;
  const bool first = exclusive_critical_section([&] {
    if (getf(is_cleaned_up_flag)) return false;
    observers_.swap(head);
    flags(flags() | is_terminated_flag | is_cleaned_up_flag);
    return true;
  });
  if (!first) return false;
  while (head) { // a loop: a long list must not recurse in its destructor
    head->actor_exited(end_reason_, here);
    head = std::move(head->next);
  }
  return true;
}

void slim_actor::push(caf::attachable_ptr& observer) {
  observer->next.swap(observers_);
  observers_.swap(observer);
}

std::size_t slim_actor::detach_locked(const caf::attachable::token& what, bool first_only, bool count_only) {
  std::size_t count = 0;
  for (auto* at = &observers_; *at;) {
    if (!(*at)->matches(what)) {
      at = &(*at)->next;
      continue;
    }
    ++count;
    if (count_only) {
      at = &(*at)->next;
    } else {
      caf::attachable_ptr rest;
      rest.swap((*at)->next);
      at->swap(rest);
    }
    if (first_only) break;
  }
  return count;
}

void slim_actor::send_exit_to(caf::abstract_actor* other) {
  other->enqueue(nullptr, caf::make_message_id(), caf::make_message(caf::exit_msg{address(), end_reason_}), nullptr);
}

} // namespace chainring::actors
