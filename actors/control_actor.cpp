// control_actor.cpp: see control_actor.hpp.
#include "actors/control_actor.hpp"

#include <exception>
#include <string>

#include <caf/deep_to_string.hpp>
#include <caf/message_view.hpp>
#include <caf/sec.hpp>
#include <spdlog/spdlog.h>

namespace chainring::actors {

control_actor::control_actor(caf::actor_config& cfg, mailbox_count& mailbox) : caf::event_based_actor(cfg), mailbox_(mailbox) {
  mailbox_.live_ = true;
  set_default_handler([this](caf::scheduled_actor*, caf::message_view& what) -> caf::result<caf::message> {
    mailbox_.take();
    spdlog::error("the {} does not understand a message and drops it: {}", name(),
                  caf::to_string(what.copy_content_to_message()));
    return caf::make_error(caf::sec::unexpected_message);
  });
  set_exception_handler([this](caf::scheduled_actor*, std::exception_ptr& what) -> caf::error {
    try {
      std::rethrow_exception(what);
    } catch (const std::exception& e) {
      return caf::make_error(caf::sec::runtime_error, std::string{name()}, std::string{e.what()});
    } catch (...) {
      return caf::make_error(caf::sec::runtime_error, std::string{name()}, "not a std::exception");
    }
  });
}

void control_actor::enqueue(caf::mailbox_element_ptr message, caf::execution_unit* from) {
  if (!message->mid.is_response()) mailbox_.put(); // before anybody can take it
  caf::event_based_actor::enqueue(std::move(message), from);
}

bool control_actor::cleanup(caf::error&& reason, caf::execution_unit* host) {
  mailbox_.live_ = false;
  return caf::event_based_actor::cleanup(std::move(reason), host);
}

} // namespace chainring::actors
