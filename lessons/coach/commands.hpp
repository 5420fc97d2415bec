#pragma once
// The commands of ./learn. Each returns the exit status: 0 done or passed, 1 failed.

#include <optional>
#include <string>
#include <vector>

#include <aio/coro.hpp>

#include "course.hpp"
#include "progress.hpp"
#include "terminal.hpp"

namespace coach {

/// What every command needs.
struct Desk {
  const Terminal& terminal;
  const Course& course;
  Progress& progress;
};

struct CheckOptions {
  std::optional<std::string> id;  // none: what the learner is at
  std::string variant = "exercise";
  bool json = false;
};

aio::Coro<int> check(Desk desk, CheckOptions options);
int status(const Desk& desk, bool json);
int hint(const Desk& desk, const std::string& id, bool all);
int solution(const Desk& desk, const std::string& id, bool spoil);
int reset(const Desk& desk, const std::string& id);
/// Brings the starters back that an ID is about; returns a sentence for each file.
std::vector<std::string> start_anew(const Desk& desk, const std::string& id);

struct DemoOptions {
  std::string lesson, program;  // no program: the first that gives no prediction's answers away
  std::vector<std::string> arguments;  // of the program, e.g. a port
  bool timeline = false;               // also say what each task did when
  std::string trace;                   // a file for a record of what the loops did, or none
  std::string record;                  // a file, or a folder, for a page that shows the run
  bool debug = false;                  // run it in debug mode
  bool mine = false;                   // on the layers that the learner has written
  bool spoil = false;                  // although it prints what is still to be predicted
  bool watching = false;               // this terminal takes no commands: they are for another one
};
aio::Coro<int> demo(Desk desk, DemoOptions options);

/// "This runs on your timers.hpp and event_loop.hpp; the rest is the reference."
void tell_whose(const Terminal& terminal, const std::vector<std::string>& mine);

/// Builds and runs the learner's own program of a lesson, on their layers; makes it from the
/// lesson's template if there is none.
aio::Coro<int> try_out(Desk desk, std::string lesson, DemoOptions options);

/// The tasks of a program that runs, as a table, or as a tree of who waits for whom.
int list_tasks(const Desk& desk, int process, bool as_tree);

/// What a lesson adds to the runtime; the bodies of its functions after a pass, or to `spoil`.
aio::Coro<int> diff(Desk desk, std::string lesson, bool spoil);

/// Explains a term, or lists them all.
int glossary(const Desk& desk, const std::string& term);

struct BenchOptions {
  std::string subject;  // a lesson, stages or kit
  std::string variant = "runtime";
  std::string json;   // a file to write, or none
  bool page = false;  // write a page with charts too
};
aio::Coro<int> bench(Desk desk, BenchOptions options);

struct StarterOptions {
  bool check = false, write = false, force = false;
  std::string out, upto;
};
int starters(const Desk& desk, const StarterOptions& options);

/// FILE may be "-": standard output, standard input.
int export_progress(const Desk& desk, const std::string& file, bool force);
int import_progress(const Desk& desk, const std::string& file, bool replace);

struct MergeOptions {
  std::string id;  // none: all
  bool write = false, keep = false;
};
/// Shows how starters changed under edited files, and what a three-way merge gives; writes it only
/// when asked.
aio::Coro<int> merge(Desk desk, MergeOptions options);

/// Says which starters of a lesson changed under edited files.
void tell_updates(const Desk& desk, const Lesson& lesson);

/// Becomes the program that compares the runtime with its peers. Returns only by throwing.
int compare(const Desk& desk, std::vector<std::string> arguments);

/// Becomes the program that serves the course as pages. Returns only by throwing.
int open_book(std::vector<std::string> arguments);

/// The kit's own tests, all or those of a lesson. Ends with ctest's last line.
aio::Coro<int> test_kit(Desk desk, std::string lesson);

/// What comes next: the first item that has not passed, from lesson `first` on if it is given.
Place next_place(const Desk& desk, const Lesson* first = nullptr);
/// The first item behind `place` that has not passed, or else the first one of all.
Place next_after(const Desk& desk, const Place& place);

/// Whether a program of the lesson has tasks whose timeline can be shown.
bool has_timeline(const Lesson& lesson);

}  // namespace coach
