// Name: The oldest note
// Says: your notes keep the first Coro of an address, and take each later one there for that
// Caught-by: Step2_NeverAwaited.IsTheNewestAtItsAddress

//: 16.2
inline void CoroOrigins::note(const void* frame) {
  const Callers callers = Callers::now();
  const std::lock_guard lock(mutex_);
  made_by_.emplace(frame, callers);
}
