// Name: A limit that outlives its tasks
// Says: your as_completed keeps its timer although all tasks are done: the loop waits for it, for
//   nothing
// Caught-by: Step5_AsCompleted.ForgetsItsLimitWhenAllAreDone

//: 8.5
template <class Handle>
void Completions<Handle>::task_done(const Handle& handle) {
  done_.push_back(handle);
  --unfinished_;
  wake_one();
}
