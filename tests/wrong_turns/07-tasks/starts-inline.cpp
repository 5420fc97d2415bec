// Name: Starting the coroutine inside create_task
// Says: your create_task runs the coroutine at once, up to its first wait; the caller may not be
//   ready for that
// From: what asyncio offers on purpose as eager_task_factory, because it changes the order of a
//   program
// Caught-by: Step1_CreateTask.RunsNothingInsideTheCall

//: 7.1
inline TaskBase::TaskBase(EventLoop& loop, std::coroutine_handle<> frame)
    : FutureBase(loop), frame_(frame), leaf_(frame) {
  static thread_local std::uint32_t tasks_made = 0;
  id_ = ++tasks_made;
  add_refs(1);  // the loop's, given back by the last step or by evict()
  loop.admit(*this);
  leaf_.resume();
}
