// node_answer.hpp: what a running node says to the commands that ask it over HTTP.
#pragma once

#include <string>
#include <string_view>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include "actors/node/options.hpp"
#include "scxml/result.hpp"

namespace chainring::actors {

/// The member of that name, if it is a text; else empty.
std::string text_of(const boost::json::object& object, const char* name);
std::string text_of(const boost::json::value& object, const char* name);
/// Whoever listens at the URL is something else.
error no_node(const std::string& url);
/// The bytes of an answer. An error when they are not JSON.
result<boost::json::value> json_of(const std::string& body, const std::string& url);
/// What the node says at that path of it: a GET.
result<boost::json::value> ask(const node_address& node, std::string_view path);
/// Why a node does not do what it was asked, as it says it.
error refusal_of(const boost::json::value& told, unsigned status, const std::string& url);

} // namespace chainring::actors
