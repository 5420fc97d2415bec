#pragma once
// Which task a Ready is a step of: for observers.

#include <aio/event_loop.hpp>
#include <aio/task_base.hpp>

namespace aio::detail {

/// Null when it is no task's. A task is what its own wait is for; no cast is needed.
inline TaskBase* task_of(const Ready& ready) {
  const FutureBase* const whom = ready.for_whom();
  if (whom == nullptr) return nullptr;
  if (dynamic_cast<const void*>(whom) != dynamic_cast<const void*>(&ready)) return nullptr;
  return const_cast<TaskBase*>(static_cast<const TaskBase*>(whom));
}

}  // namespace aio::detail
