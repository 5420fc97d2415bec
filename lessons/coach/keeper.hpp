#pragma once
// A process that stands between us and a command, and lets nothing of it outlive it.

#include <string>
#include <vector>

namespace coach {

/// The command line of a keeper, which runs `command`: this program, started once more. Whose
/// parent ends becomes a child of the keeper, also in a session of its own; so while it has
/// children the command has left something, and only then. The keeper ends as the command did, when
/// it is told to (SIGTERM), or when we end. By then all that the command has started has ended.
std::vector<std::string> kept(const std::vector<std::string>& command);

/// The same without a keeper: what the command starts may stay. The command itself ends with us.
std::vector<std::string> tied_to_us(const std::vector<std::string>& command);

}  // namespace coach
