// document_desk.hpp: asks fetchers for the documents that chains invoke: lean actors cannot await an answer. One per node.
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "actors/control_actor.hpp"
#include "actors/fetcher.hpp"
#include "actors/protocols.hpp"

namespace chainring::actors {

class document_desk final : public control_actor {
 public:
  /// `from` outlives the actor.
  document_desk(caf::actor_config& cfg, fetchers& from, mailbox_count& mailbox) : control_actor(cfg, mailbox), fetchers_(from) {}
  const char* name() const override { return "document_desk"; }
  caf::behavior make_behavior() override;

 private:
  void ask(want_document& wanted);
  void arrived(const std::string& uri, const result<std::shared_ptr<const scxml::document>>& document);

  fetchers& fetchers_;
  std::unordered_map<std::string, std::vector<want_document>> waiting_; // by URI; a lane asks for few at a time
};

} // namespace chainring::actors
