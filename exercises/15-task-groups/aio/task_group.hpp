#pragma once
// Your layer of lesson 15. Check it with: ./learn check 15
// Lesson 15, task_group: tasks that end together.
//
// Stands on tasks (07). A group's children are started in a block, and the block is left when all
// of them have ended.
//  1. Nobody is left behind: whatever happens, the block ends after its last child.
//  2. The first failure cancels the other children and the body; then everybody's errors are
//     thrown together, as an ExceptionGroup.
//  3. A child that was cancelled is no failure.
//  4. Whoever cancels the owner cancels the children, and the block throws CancelledError.
//  5. The group takes back only the request that it made itself. What others asked for stays.
//
// What the end of a block needs is there from the beginning. When memory runs out, nobody is left
// behind, and no failure is lost.

#include <algorithm>
#include <cstddef>
#include <exception>
#include <functional>
#include <memory>
#include <source_location>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <aio/coro.hpp>
#include <aio/support/errors.hpp>
#include <aio/support/exception_group.hpp>
#include <aio/support/list.hpp>
#include <aio/support/named_callable.hpp>
#include <aio/support/pool.hpp>
#include <aio/task.hpp>
#include <aio/task_group/limit.hpp>
#include <aio/task_group/started.hpp>
#include <aio/wait_queue.hpp>
#include <aio/support/todo.hpp>

namespace aio {

namespace layers {
inline constexpr const char* task_group = __FILE__;  // which copy was compiled; the tests print it
}

/// The children of one block, see task_group(). Lives in one task; not to be copied or moved.
class TaskGroup {
 public:
  /// With a limit, create_task() still gives a task at once, but it starts when it is its turn.
  explicit TaskGroup(AtMost at_once = AtMost());
  TaskGroup(const TaskGroup&) = delete;
  TaskGroup& operator=(const TaskGroup&) = delete;
  ~TaskGroup();

  /// Starts a child. Throws InvalidStateError before the block, after it, and once the group is
  /// shutting down; the coroutine is then destroyed without having run.
  template <class T>
  Task<T> create_task(Coro<T> coro, std::string name = {},
                      std::source_location made_at = std::source_location::current());
  /// Starts `body(started)`, a child of the group that calls started(value) when it is ready, and
  /// waits for that: a server that listens, say. Throws what the child fails with before it is
  /// ready, and InvalidStateError when it ends without having been. Who cancels this wait cancels
  /// the child. Name a lambda with captures first (see support/named_callable.hpp).
  template <class T = void, class Body>
  Coro<T> start(Body&& body, std::string name = {});

  /// Ends the block early and quietly: children and body are cancelled, and the block throws
  /// nothing because of it. Before the block: as soon as it begins. After it: does nothing.
  void cancel();

  /// Begins the block. Throws InvalidStateError outside a task, and the second time.
  void enter();
  /// Ends it: waits for all children, then throws what has to be thrown. `failure` is what the
  /// body has thrown, or null. A request to cancel that comes meanwhile is passed on to the
  /// children, once; the wait goes on. Neither the call nor the wait allocates. REQUIRES: entered,
  /// and not called before.
  Coro<> leave(std::exception_ptr failure);

 private:
  /// Hears of the end of one child.
  class Child final : public Ready, public Link<TaskGroup>, public Pooled {
   public:
    explicit Child(TaskGroup& group) : group_(group) {}
    /// Joins the group, and waits for the end of `task`.
    void join(Ref<detail::TaskBase> task);
    detail::TaskBase& task() const { return *task_; }
    void run() override { group_.child_done(*this); }
    std::string describe() const override { return "task group"; }
    const detail::FutureBase* for_whom() const override { return group_.owner_.ref().get(); }

   private:
    TaskGroup& group_;
    Ref<detail::TaskBase> task_;
  };
  using Children = List<Child, TaskGroup>;

  void check_open() const;
  /// For one failure of each child, one child more, and the body: noting them cannot fail.
  void make_room_for_failures();
  void child_done(Child& child);
  void child_failed(detail::TaskBase& child);
  void note_failure(std::exception_ptr failure);
  /// Asks every child to stop. REQUIRES: not aborting_.
  void abort();
  /// Asks the owner to stop, unless this group has done so before.
  void cancel_owner();
  /// A request to stop has come out of the body, or of the wait for the children. REQUIRES: not
  /// aborting_.
  void owner_cancelled(std::exception_ptr request);
  void wake_owner();
  Coro<> wait_for_children();
  /// Waits for them, and throws what has to be thrown.
  Coro<> end_of_block(Coro<>::Frame wait);
  /// Takes this group's own request back. REQUIRES: asked_owner_.
  void settle_requests();
  [[noreturn]] void throw_failures();
  void keep_request();
  bool over() const {
    return state_ == State::left || (state_ == State::leaving && children_.empty());
  }

  enum class State { created, entered, leaving, left };

  State state_ = State::created;
  bool aborting_ = false;     // the children were asked to stop
  bool asked_owner_ = false;  // and the owner was, by this group
  bool cancel_on_entry_ = false;
  TaskRef owner_;
  Children children_;
  std::size_t alive_ = 0;         // children
  detail::WaitQueue last_child_;  // where the owner waits for its end
  std::vector<std::exception_ptr> failures_;
  std::exception_ptr failure_of_body_;
  std::exception_ptr fatal_;      // a FatalError goes before all others
  std::exception_ptr cancelled_;  // the CancelledError that will leave the block
  std::shared_ptr<detail::Turns> turns_;
  Coro<>::Frame end_;  // of end_of_block(): at the end there may be no memory for it
};

namespace detail {
template <class Body>
using GroupResult = typename std::invoke_result_t<Body&, TaskGroup&>::value_type;
/// "2 failures in a task group", as an error.
std::runtime_error told_of_failures(std::size_t count) noexcept;
}  // namespace detail

/// Runs `body(group)`, a callable that returns a Coro, and waits for the children that it starts.
/// Gives the body's result. Throws ExceptionGroup with the errors of children, in the order in
/// which they failed, and of the body; CancelledError when the task was cancelled and nobody
/// failed. Keeps the callable alive. Name a lambda with captures first
/// (support/named_callable.hpp).
///
///   auto fetch_all = [&](aio::TaskGroup& group) -> aio::Coro<> {
///     for (const std::string& name : names) group.create_task(fetch(name));
///     co_return;
///   };
///   co_await aio::task_group(fetch_all);
template <class Body>
Coro<detail::GroupResult<Body>> task_group(Body&& body);
/// The same with a group that was made before, which has a limit, or which others may cancel.
template <class Body>
Coro<detail::GroupResult<Body>> task_group(TaskGroup& group, Body&& body);

// Implementation

inline TaskGroup::TaskGroup(AtMost at_once)
    : turns_(at_once.turns()), end_(end_of_block(wait_for_children().release()).release()) {
  make_room_for_failures();
}

inline TaskGroup::~TaskGroup() {  // with children only when the loop is being closed
  while (!children_.empty()) delete &children_.front();
}

inline void TaskGroup::Child::join(Ref<detail::TaskBase> task) {
  task_ = std::move(task);
  group_.children_.push_back(*this);
  ++group_.alive_;
  task_->wait(*this);
}

inline void TaskGroup::make_room_for_failures() {
  const std::size_t most = failures_.size() + alive_ + 2;
  if (failures_.capacity() < most) failures_.reserve(std::max<std::size_t>(4, 2 * most));
}

template <class T>
Task<T> TaskGroup::create_task(Coro<T> coro, std::string name, std::source_location made_at) {
  check_open();
  if (turns_) coro = detail::in_turn(turns_, std::move(coro));
  make_room_for_failures();
  auto child = std::make_unique<Child>(*this);
  Task<T> task = aio::create_task(std::move(coro), std::move(name), made_at);
  child.release()->join(task.ref());  // deletes itself in child_done()
  return task;
}

template <class T, class Body>
Coro<T> TaskGroup::start(Body&& body, std::string name) {
  detail::require_named<Body>();
  return detail::start_in<T>(*this, std::decay_t<Body>(std::forward<Body>(body)), std::move(name));
}

//: 15.1 the block belongs to the task that enters it, once
inline void TaskGroup::enter() {
  AIO_TODO("15.1", "the block belongs to the task that enters it, once");
}

//: 15.1 a child can be started while the block is open, and nobody was asked to stop
inline void TaskGroup::check_open() const {
  AIO_TODO("15.1", "a child can be started while the block is open, and nobody was asked to stop");
}

//: 15.1 sleep until the last child has ended; the first request to stop goes to owner_cancelled()
inline Coro<> TaskGroup::wait_for_children() {
  AIO_TODO("15.1",
           "sleep until the last child has ended; the first request to stop goes to "
           "owner_cancelled()");
}

//: 15.1 end that sleep, if the owner sleeps
inline void TaskGroup::wake_owner() {
  AIO_TODO("15.1", "end that sleep, if the owner sleeps");
}

inline void TaskGroup::child_done(Child& child) {
  const std::unique_ptr<Child> last(&child);
  child.Link<TaskGroup>::unlink();
  --alive_;
  if (children_.empty()) wake_owner();
  if (child.task().failed()) child_failed(child.task());
}

inline void TaskGroup::note_failure(std::exception_ptr failure) {
  try {
    std::rethrow_exception(failure);
  } catch (const FatalError&) {
    if (fatal_ == nullptr) fatal_ = failure;
  } catch (...) {
  }
  failures_.push_back(std::move(failure));
}

//: 15.2 note its failure, which counts as seen; the first one stops everybody
inline void TaskGroup::child_failed(detail::TaskBase& child) {
  AIO_TODO("15.2", "note its failure, which counts as seen; the first one stops everybody");
}

//: 15.2 from now on the group shuts down: ask every child to stop
inline void TaskGroup::abort() {
  AIO_TODO("15.2", "from now on the group shuts down: ask every child to stop");
}

//: 15.2 ask the owner to stop, once, and remember that it was you
inline void TaskGroup::cancel_owner() {
  AIO_TODO("15.2", "ask the owner to stop, once, and remember that it was you");
}

//: 15.2 take back the request that was yours; if others are left, CancelledError leaves the block
inline void TaskGroup::settle_requests() {
  AIO_TODO("15.2",
           "take back the request that was yours; if others are left, CancelledError leaves the "
           "block");
}

//: 15.3 remember the request, which will leave the block, and ask the children
inline void TaskGroup::owner_cancelled(std::exception_ptr request) {
  AIO_TODO("15.3", "remember the request, which will leave the block, and ask the children");
}

//: 15.3 an error goes before a request of others: that is to come again at the owner's next wait
inline void TaskGroup::keep_request() {
  AIO_TODO("15.3",
           "an error goes before a request of others: that is to come again at the owner's next "
           "wait");
}

//: 15.4 stop everybody, as soon as there is a block; after it, nobody
inline void TaskGroup::cancel() {
  AIO_TODO("15.4", "stop everybody, as soon as there is a block; after it, nobody");
}

inline Coro<> TaskGroup::leave(std::exception_ptr failure) {
  state_ = State::leaving;
  const bool cancelled = detail::is_cancelled_error(failure);
  if (cancelled && !aborting_) owner_cancelled(failure);
  if (failure != nullptr && !aborting_) abort();
  if (!cancelled) failure_of_body_ = std::move(failure);
  return Coro<>(std::move(end_));
}

inline Coro<> TaskGroup::end_of_block(Coro<>::Frame wait) {
  Coro<> children(std::move(wait));
  co_await std::move(children);
  state_ = State::left;
  if (failure_of_body_ != nullptr) note_failure(std::move(failure_of_body_));
  if (fatal_ != nullptr) std::rethrow_exception(fatal_);
  if (asked_owner_) settle_requests();
  if (!failures_.empty()) throw_failures();
  if (cancelled_ != nullptr) std::rethrow_exception(cancelled_);
}

inline void TaskGroup::throw_failures() {
  if (owner_.cancelling() > 0) keep_request();
  const std::runtime_error told = detail::told_of_failures(failures_.size());
  throw ExceptionGroup(told, std::move(failures_));
}

}  // namespace aio

#include <aio/task_group/block.hpp>
