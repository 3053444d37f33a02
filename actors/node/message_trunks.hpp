// message_trunks.hpp: trunks of messages as the configuration wants them, their texts read from files.
#pragma once

#include <memory>

#include "actors/media/courier.hpp"
#include "actors/node/message_settings.hpp"
#include "dialer/trunks/message_composer.hpp"
#include "scxml/result.hpp"

namespace chainring::actors {

/// Reads the texts. Error: a file that is none of UTF-8, or a URI that has changed since it was checked.
result<std::shared_ptr<const dialer::message_composer>> make_composer(const message_trunk_settings& trunk);

/// `by` outlives the trunk.
result<std::unique_ptr<dialer::trunk>> make_message_trunk(const message_trunk_settings& trunk,
                                                          std::shared_ptr<const dialer::message_composer> composer, courier& by,
                                                          bool virtual_time);

} // namespace chainring::actors
