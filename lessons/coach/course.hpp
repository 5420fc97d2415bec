#pragma once
// The course as the files of the kit describe it: lessons, their steps and small exercises.

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace coach {

namespace fs = std::filesystem;

/// Something with a check of its own: a step of a build exercise, or a small exercise.
struct Item {
  enum class Kind { step, predict, fix, use, test };
  Kind kind = Kind::step;
  std::string id;                      // "4.2", "fix-4b"
  std::string key;                     // what progress is kept under; survives a new id
  std::vector<std::string> formerly;   // ids that it had, the oldest first
  std::string title;                   // of a step without one: its tag's text in the runtime
  std::string task;                    // what it asks
  std::string learned;                 // said when it passes
  std::string program;                 // of a prediction: whose output is predicted
  std::vector<std::string> turns;      // of a test: the wrong turns that it is to catch
  std::vector<std::string> questions;  // of a prediction, unless it is of the whole output
  /// Of a prediction: what of the lesson is to be read again, for each answer or one for all.
  std::vector<std::string> read_again;
};

struct Demo {
  std::string program, shows;
  bool has_tasks = false;  // it calls aio::run(): there is something for a timeline to tell
};

/// A column of a benchmark whose name does not explain itself.
struct Version {
  std::string name, means;
};

/// A layer's header as it is included: "aio/event_loop.hpp" for event_loop, "http/connection.hpp"
/// for http/connection.
fs::path header_of(const std::string& layer);
/// The same as learners are told: "event_loop.hpp", "http/connection.hpp".
std::string short_name(const fs::path& header);

struct Lesson {
  std::string number;  // "04"
  std::string slug;    // "04-event-loop", the name of its folders
  std::string title, promise, learned;
  std::vector<std::string> layers;  // "event_loop", "http/connection": what the learner writes
  std::vector<Item> items;          // in the order of the lesson
  std::vector<Demo> demos;
  std::vector<Version> versions;  // of its benchmark

  std::vector<Item> steps() const;
  std::vector<Item> small_exercises() const;
  /// The headers that the learner writes: "aio/event_loop.hpp".
  std::vector<fs::path> headers() const;
  /// The learner's file of an item: a header for a step.
  fs::path file_of(const Item& item) const;
  /// The prediction of what a program prints, or null.
  const Item* prediction_of(std::string_view program) const;
};

/// What an ID on the command line names: a lesson, or an item of it.
struct Place {
  const Lesson* lesson = nullptr;
  const Item* item = nullptr;  // null: the lesson
};

class Course {
 public:
  /// Reads lessons/*/lesson.json below the current folder. Throws Mistake, naming file and cause.
  static Course read();

  const std::vector<Lesson>& lessons() const { return lessons_; }
  /// Understands "04", "4", "4.2", "4b", "fix-4b", and the path of a file of the learner's or of a
  /// lesson, as editors give it. Throws WrongUsage with the nearest IDs.
  Place find(std::string_view id) const;
  /// The lesson that an ID belongs to. Throws WrongUsage.
  const Lesson& lesson(std::string_view id) const { return *find(id).lesson; }
  /// The items' keys by their ids, former ones too unless another item has them now.
  std::map<std::string, std::string> keys() const;

 private:
  std::vector<Lesson> lessons_;
};

}  // namespace coach
