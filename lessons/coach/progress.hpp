#pragma once
// What the learner has done: .learn/progress.json. Several coaches may run at once, so a change is
// made under a lock, on what the file holds then, and replaces the file in one step.

#include <functional>
#include <map>
#include <string>

#include "terminal.hpp"

namespace coach {

/// One exercise or step, under its ID.
struct Record {
  bool passed = false;
  int failures = 0;       // checks that failed
  int hints = 0;          // hints shown
  std::string last_work;  // when it was last checked, in UTC
};

class Progress {
 public:
  /// Reads the file. One that is damaged is set aside, and said so.
  explicit Progress(const Terminal& terminal);

  const Record& of(const std::string& id) const;
  /// Changes one record. A folder that cannot be written is said once; the work goes on.
  void change(const std::string& id, const std::function<void(Record&)>& how);

  void checked(const std::string& id, bool passed);

 private:
  void read();

  const Terminal& terminal_;
  std::map<std::string, Record> records_;
  bool warned_ = false;  // that it cannot be saved
  bool frozen_ = false;  // the file is of a newer version
};

}  // namespace coach
