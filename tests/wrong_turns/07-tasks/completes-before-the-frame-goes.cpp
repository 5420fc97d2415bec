// Name: The task is done before its frame is gone
// Says: your settle() completes first: whoever hears that the task is done finds its parameters and
//   locals still there
// Caught-by: Step2_OneStep.TheFrameGoesBeforeTheTaskIsDone

//: 7.2
template <class T>
void TaskState<T>::settle() {
  using Promise = typename Coro<T>::promise_type;
  const auto frame = std::coroutine_handle<Promise>::from_address(this->frame_.address());
  if (frame.done()) this->result_.take(frame.promise().result());
  if (this->result_.failed()) {
    settle_failure();
    return this->destroy_frame();
  }
  if (this->result_.empty() || this->cancel_noted()) {
    this->result_.clear();
    this->complete(FutureBase::Status::cancelled);
    return this->destroy_frame();
  }
  this->complete(FutureBase::Status::finished);
  this->destroy_frame();
}
