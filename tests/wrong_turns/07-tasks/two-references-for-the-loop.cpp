// Name: A task with one reference too many
// Says: your loop takes two references and gives one back: no task is ever destroyed
// Caught-by: Step1_CreateTask.TheLoopKeepsOneReference

//: 7.1
inline TaskBase::TaskBase(EventLoop& loop, std::coroutine_handle<> frame)
    : FutureBase(loop), frame_(frame), leaf_(frame) {
  static thread_local std::uint32_t tasks_made = 0;
  id_ = ++tasks_made;
  add_refs(2);  // the loop's, given back by the last step or by evict()
  loop.admit(*this);
  loop.call_soon(*this);
}
