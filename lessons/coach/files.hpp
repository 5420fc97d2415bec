#pragma once
// Reading and writing whole files, so that a crash or a full disk never leaves half of one.

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace coach {

namespace fs = std::filesystem;

/// The file's text; nothing if there is no such file. Throws Mistake if it cannot be read.
std::optional<std::string> read_if_there(const fs::path& path);

/// The file's text. Throws Mistake with a sentence if it cannot be read.
std::string read_file(const fs::path& path);

/// Replaces the file in one step: after a crash it holds the old text or the new one.
/// Makes missing folders. Throws Mistake with a sentence that names the cause.
void write_file(const fs::path& path, std::string_view text);

/// Copies `path` to `path.bak` (or .bak.1, .bak.2 … the first that is free); returns that name. So
/// the file is there all the time, until another replaces it.
fs::path keep_as_backup(const fs::path& path);

/// The first of `stem + n + suffix`, n = 1, 2 …, that does not exist.
fs::path first_free(const fs::path& stem, std::string_view suffix);

}  // namespace coach
