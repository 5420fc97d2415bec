#pragma once
// Runs of programs, recorded for the book's picture of the loop.

#include <string>
#include <vector>

#include <aio/task.hpp>

#include "files.hpp"
#include "terminal.hpp"

namespace coach {

/// What to record, and where its recording is kept.
struct Recorded {
  std::string target;      // of the learner's tree: "07-turns.timeline"
  fs::path learners_file;  // whose mistakes are theirs, or none
  std::string name;        // "07-turns", "07-turns.mine"
  fs::path file() const { return fs::absolute(".learn/recordings") / (name + ".json"); }
};

/// Of a lesson's program, on the reference or on what the learner has written.
Recorded recorded_demo(const std::string& lesson, const std::string& program, bool mine);

/// Builds and runs a program once more, and returns the file. What it prints is shown if `shows`.
/// Throws Mistake if it cannot be compiled, or does not end within half a minute.
aio::Coro<fs::path> record(const Terminal& terminal, Recorded wanted, bool shows);

/// A page that needs nobody: it has its styles, scripts and data in itself.
struct PageAlone {
  std::string name;                          // its title, and what the script asks its data by
  std::string place;                         // HTML, which the script fills
  std::string data;                          // JSON
  std::vector<std::string> styles, scripts;  // of the book, in their order
};
std::string page_alone(const PageAlone& page);

/// A page that needs nobody: a recording, and all that draws it.
std::string page_of_recording(const std::string& title, const std::string& recording);

/// Writes the page, or for a name in .json the recording itself; into a folder, with a name of
/// ours. Says where it is.
void write_recording(const Terminal& terminal, const Recorded& recorded, const std::string& file);

}  // namespace coach
