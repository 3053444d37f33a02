// ocs_vocabulary.hpp: the custom actions of OCS as executable content: elements, attributes, and
// the bare words that the guide's own examples write without quotes.
#pragma once

#include "scxml/document.hpp"
#include "scxml/vocabulary.hpp"

namespace chainring::dialer {

/// The vocabulary of http://genesyslabs.com/schemas/ocs/treatments. Made once; the same object for
/// ever.
const scxml::vocabulary& ocs_vocabulary();

/// Positions in the vocabulary: actions, then the attributes of each, then those of the children.
namespace ocs {

using scxml::index;

inline constexpr const char* namespace_uri = "http://genesyslabs.com/schemas/ocs/treatments";

inline constexpr index timeout = 0, next_record = 1, get_daytime = 2, get_info = 3, make_call = 4,
                       set_flex_attr = 5, set_exec_flag = 6;

inline constexpr index timeout_delay = 0;
inline constexpr index next_record_repeat_chain = 0;
inline constexpr index contact_info_type_type_id = 0, contact_info_type_type_name = 1,
                       contact_info_type_exclude = 2;
inline constexpr index get_info_what = 0, get_info_param = 1;
inline constexpr index make_call_record_id = 0;
inline constexpr index set_flex_attr_record_id = 0;
inline constexpr index flex_attr_attr = 0, flex_attr_type = 1, flex_attr_key = 2,
                       flex_attr_value = 3;
inline constexpr index set_exec_flag_flag = 0, set_exec_flag_value = 1;

} // namespace ocs

} // namespace chainring::dialer
