// campaign.hpp: chainring campaign VERB NAME.
#pragma once

#include "actors/node/options.hpp"

namespace chainring::actors {

/// Tells a running node, prints the state that it led to, for unload when it is reached. Exit status: 0, or 1 when the node
/// refuses.
int order_campaign(const campaign_command& wanted);

} // namespace chainring::actors
