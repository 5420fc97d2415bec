// Name: Killed, and not reaped
// Says: your evict() kills the child, and as a zombie it outlives the loop
// Caught-by: Step4_Loop.TakesItsChildrenAlong

//: 14.4
inline void ChildProcess::evict() noexcept {
  const Ref<ChildProcess> alive = std::exchange(self_, nullptr);
  child_.stop_watching();
  if (detached_) return child_.let_go();
  kill();
}
