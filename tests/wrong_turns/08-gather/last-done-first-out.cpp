// Name: Handing out the latest first
// Says: your as_completed hands out the task that finished last; those before it may wait for ever
// Caught-by: Step5_AsCompleted.WithTies

//: 8.5
template <class Handle>
void Completions<Handle>::task_done(const Handle& handle) {
  done_.insert(done_.begin() + static_cast<std::ptrdiff_t>(taken_), handle);
  if (--unfinished_ == 0) loop_.cancel(*this);
  wake_one();
}
