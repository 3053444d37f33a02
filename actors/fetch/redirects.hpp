// redirects.hpp: a GET that goes where servers send it, as far as they may send somebody.
#pragma once

#include "actors/fetch/document_loader.hpp"
#include "actors/fetch/source.hpp"

namespace chainring::actors {

/// Like source::get of the origin of `where`. At most limits::redirects_max redirections, all of them within the time of one
/// request; never from https: to http:, and to another origin only when that is at a public address or one of
/// `environment.redirect_to`: a server must not reach through us what it cannot reach itself.
void get_following(std::shared_ptr<const loading_environment> environment, const uri& where, document_version known,
                   source::callback done);

} // namespace chainring::actors
