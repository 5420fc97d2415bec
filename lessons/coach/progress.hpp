#pragma once
// What the learner has done: .learn/progress.json. Several coaches may run at once, so a change is
// made under a lock, on what the file holds then, and replaces the file in one step. Records are
// kept under keys, which stay when an exercise gets another id (Item::key).

#include <cstddef>
#include <functional>
#include <map>
#include <string>

#include "terminal.hpp"

namespace coach {

/// One exercise or step.
struct Record {
  bool passed = false;
  int failures = 0;       // checks that failed
  int hints = 0;          // hints shown
  std::string last_work;  // when it was last checked, in UTC

  bool operator==(const Record&) const = default;
};

class Progress {
 public:
  /// Reads the file. One that is damaged is set aside, and said so. `keys` by ids, of all items
  /// that there are; what is not in it is its own key.
  explicit Progress(const Terminal& terminal, std::map<std::string, std::string> keys = {});

  const Record& of(const std::string& id) const;
  /// Reads what another coach may have written; returns whether that is news.
  bool refresh();
  /// Changes one record. A folder that cannot be written is said once; the work goes on.
  void change(const std::string& id, const std::function<void(Record&)>& how);

  void checked(const std::string& id, bool passed);

  /// The ID that the learner was at when they left; empty at first.
  static std::string left_at();
  static void leave_at(const std::string& id);

  /// All of it, for another machine.
  std::string exported() const;
  /// Takes in what exported() wrote: of each record the better, or, to replace, only what comes in;
  /// returns how many records have changed. Throws Mistake, and then nothing has.
  std::size_t import(const std::string& text, bool replace);

 private:
  void read();
  void save();
  void use_keys();
  const std::string& key_of(const std::string& id) const;

  const Terminal& terminal_;
  std::map<std::string, std::string> keys_;
  std::map<std::string, Record> records_;  // by keys
  bool warned_ = false;                    // that it cannot be saved
  bool frozen_ = false;                    // the file is of a newer version
};

}  // namespace coach
