#pragma once
// Your layer of lesson 16. Check it with: ./learn check 16
// Lesson 16, tree: who waits for whom, told as a tree or as a table. Given to lesson 07.
//
//  8. A task waits for others where it stands in their lists of waiters: itself, or through a
//     gather, a shield, a task group or whatever else waits on its behalf.
//  9. Each task is told once. A circle is marked where it closes, so that telling it ends.
//  10. No function calls itself as deep as the tasks are: they may be thousands.

#include <algorithm>
#include <cstddef>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include <aio/event_loop.hpp>
#include <aio/future.hpp>
#include <aio/task_base.hpp>
#include <aio/support/todo.hpp>

namespace aio {

namespace layers {
inline constexpr const char* tree = __FILE__;  // which copy was compiled; the tests print it
}

/// The tasks of `loop`, oldest first, a line each: what a task waits for, and where it was made.
/// Below it, indented, are the tasks that it waits for. One that several wait for is told once; a
/// circle is marked where it closes. Empty when there is no task.
std::string dump_tasks(const EventLoop& loop = running_loop());

// Implementation

namespace detail {

/// The tasks of a loop, and for each those that it waits for.
class TaskForest {
 public:
  explicit TaskForest(const EventLoop& loop);

  /// A line each: those that nobody waits for, and below each what it waits for.
  std::string tree(bool with_places) const;
  /// A line each, in the order in which they were made, with the names of who waits for it.
  std::string table() const;
  std::size_t size() const { return nodes_.size(); }

 private:
  struct Node {
    const TaskBase* task;
    std::vector<std::size_t> awaits, awaited_by;
  };
  struct Line {
    std::size_t node, depth;
  };
  /// What has been told, on the way through the tree.
  struct Telling {
    bool with_places;
    std::vector<bool> told, above;  // by node; `above` is the way from the root
    std::vector<std::size_t> path;
    std::vector<Line> to_come;  // the last one is next
    std::string text;
  };

  void find_waiting(const FutureBase& awaited, std::size_t node, int depth);
  void add_waiting(std::size_t awaited, std::size_t waiting);
  void tell_from(std::size_t root, Telling& telling) const;
  void tell(Line line, Telling& telling) const;
  std::string state_of(const Node& node, bool with_place) const;
  std::string names_of(const std::vector<std::size_t>& nodes) const;

  std::vector<Node> nodes_;
  std::unordered_map<const FutureBase*, std::size_t> index_;
  std::vector<const Resident*> others_;  // that are no tasks, and that nobody waits for
};

inline TaskForest::TaskForest(const EventLoop& loop) {
  loop.for_each_resident([this](const Resident& each) {
    const auto* const task = dynamic_cast<const TaskBase*>(&each);
    const auto* const future = dynamic_cast<const FutureBase*>(&each);
    bool awaited = false;
    if (future != nullptr) future->for_each_waiter([&awaited](const Ready&) { awaited = true; });
    if (task == nullptr && !awaited) others_.push_back(&each);
    if (task == nullptr) return;
    index_.emplace(task, nodes_.size());
    nodes_.push_back({task, {}, {}});
  });
  for (std::size_t i = 0; i < nodes_.size(); ++i) find_waiting(*nodes_[i].task, i, 0);
}

//: 16.3 from what is awaited to the tasks behind those in its list
inline void TaskForest::find_waiting(const FutureBase& awaited, std::size_t node, int depth) {
  AIO_TODO("16.3", "from what is awaited to the tasks behind those in its list");
}

//: 16.3 an edge, from the one who waits to the one who is waited for
inline void TaskForest::add_waiting(std::size_t awaited, std::size_t waiting) {
  AIO_TODO("16.3", "an edge, from the one who waits to the one who is waited for");
}

inline std::string TaskForest::state_of(const Node& node, bool with_place) const {
  const std::string place = node.task->place();
  std::string state = node.task->describe();
  if (node.task->is_debugged()) state.resize(state.size() - place.size());
  const bool parked = state.find(", which waits for ") != std::string::npos;
  if (node.task == running_task) {
    state += ", which runs";
  } else if (!parked) {
    state += ", which is ready";
  }
  if (parked && with_place && tell_where_it_waits != nullptr) {
    state += tell_where_it_waits(node.task->home(), node.task->leaf());
  }
  return with_place ? state + place : state;
}

//: 16.3 a line for this one, and those that it waits for come next
inline void TaskForest::tell(Line line, Telling& telling) const {
  AIO_TODO("16.3", "a line for this one, and those that it waits for come next");
}

inline void TaskForest::tell_from(std::size_t root, Telling& telling) const {
  telling.to_come.push_back({root, 0});
  while (!telling.to_come.empty()) {
    const Line next = telling.to_come.back();
    telling.to_come.pop_back();
    tell(next, telling);
  }
}

//: 16.3 those that nobody waits for first, then what is left
inline std::string TaskForest::tree(bool with_places) const {
  AIO_TODO("16.3", "those that nobody waits for first, then what is left");
}

inline std::string TaskForest::names_of(const std::vector<std::size_t>& nodes) const {
  std::string names;
  for (const std::size_t each : nodes) {
    names += (names.empty() ? "" : ", ") + std::string(nodes_[each].task->name());
  }
  return names;
}

inline std::string TaskForest::table() const {
  std::string text;
  for (const Node& node : nodes_) {
    const std::string by = names_of(node.awaited_by);
    text += "\n  " + state_of(node, false) + (by.empty() ? "" : "; awaited by " + by);
    text += node.task->place();
  }
  return text;
}

/// In debug mode, when run() ends.
inline void warn_of_leftovers(EventLoop& loop) {
  const std::string left = tell_residents.shortly(loop);
  if (left.empty()) return;
  LoopEntry::of(loop).warn("loopwright: run() has ended while these ran; they are cancelled:" +
                           left);
}

inline std::string tell_shortly(const EventLoop& loop) {
  return TaskForest(loop).tree(loop.debug());
}
inline std::string tell_as_tree(const EventLoop& loop) { return TaskForest(loop).tree(true); }
inline std::string tell_as_table(const EventLoop& loop) { return TaskForest(loop).table(); }
inline bool tell_who_waits() {
  tell_residents = {tell_shortly, tell_as_tree, tell_as_table};
  return true;
}
/// Reports of loops tell who waits for whom. (Named functions: a lambda here would be compiled
/// again with every file.)
inline const bool residents_are_told_as_tree = tell_who_waits();

}  // namespace detail

inline std::string dump_tasks(const EventLoop& loop) {
  const std::string text = detail::TaskForest(loop).tree(true);
  return text.empty() ? text : text.substr(1) + "\n";
}

}  // namespace aio
