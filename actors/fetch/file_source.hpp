// file_source.hpp: file: documents, confined to the folders that the configuration names.
#pragma once

#include <chrono>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "actors/fetch/source.hpp"

namespace chainring::actors {

class io_threads;

/// Where documents may lie.
struct file_places {
  std::vector<std::filesystem::path> roots; // need not exist; those that do not contain nothing
  std::map<char, std::string> drives = {};  // of Windows, by upper-case letter: the folder that stands for C:/
};

/// The path of a file: URI on this machine; none: it has a drive letter that no folder stands for.
std::optional<std::string> local_path(const uri& where, const std::map<char, std::string>& drives);

/// The file's bytes, if it lies under one of the roots after symbolic links are resolved, is a regular file, and is not larger
/// than a document may be. `known`: the etag that an earlier answer had; a file that is still the same is `unchanged`.
fetched_bytes read_confined(const uri& where, const file_places& places, const std::string& known = {});

/// Reads on a thread of io.files(): a share whose server is away hangs whoever reads it, and costs others nothing. A read that
/// takes longer than `read_timeout` is unavailable.
std::shared_ptr<source> make_file_source(io_threads& io, file_places places, std::chrono::milliseconds read_timeout);

} // namespace chainring::actors
