// file_source.hpp: file: documents, confined to the folders that the configuration names.
#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <vector>

#include "actors/fetch/source.hpp"

namespace chainring::actors {

class io_threads;

/// The file's bytes, if it lies under one of `roots` after symbolic links are resolved, is a
/// regular file, and is not larger than a document may be. `roots` need not exist; those that do
/// not contain nothing. `known`: the etag that an earlier answer had; a file that is still the same is `unchanged`.
fetched_bytes read_confined(const uri& where, const std::vector<std::filesystem::path>& roots, const std::string& known = {});

/// Reads on a thread of io.files(): a share whose server is away hangs whoever reads it, and costs others nothing. A read that
/// takes longer than `read_timeout` is unavailable.
std::shared_ptr<source> make_file_source(io_threads& io, std::vector<std::filesystem::path> roots,
                                         std::chrono::milliseconds read_timeout);

} // namespace chainring::actors
