// Name: A result overrules a request
// Says: your task was asked to stop before it returned, and ends as if nobody had asked
// From: asyncio before 3.6.2: a task that cancelled itself and returned was done (bpo-30048)
// Caught-by: Step6_Cancel.ASelfCancelledTaskThatReturnsIsCancelled

//: 7.2
template <class T>
void TaskState<T>::settle() {
  using Promise = typename Coro<T>::promise_type;
  const auto frame = std::coroutine_handle<Promise>::from_address(this->frame_.address());
  if (frame.done()) this->result_.take(frame.promise().result());
  this->destroy_frame();  // its parameters end before anybody learns of the result
  if (this->result_.failed()) [[unlikely]]
    return settle_failure();
  if (this->result_.empty()) {
    this->result_.clear();
    return this->complete(FutureBase::Status::cancelled);
  }
  this->complete(FutureBase::Status::finished);
}
