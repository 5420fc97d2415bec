// Name: Empty means done
// Says: your join() waits until the queue is empty, and not until the work is done
// Caught-by: Step4_Join.AnEmptyQueueIsNotDone

struct BasicQueue<T, Store>::Joining {
  bool await_ready() const { return queue_.empty(); }
};
