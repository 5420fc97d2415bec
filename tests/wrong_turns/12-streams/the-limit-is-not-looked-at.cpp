// Name: A limit that nobody looks at
// Says: your server accepts more connections than it may have
// Caught-by: Step7_Accept.BeyondTheLimitTheKernelKeepsThem

//: 12.7
inline void Listener::run() {
  const Ref<Listener> alive(this);
  for (int left = backlog_; left > 0; --left) {
    if (!listening_ || !accept_one()) return;
  }
  resume();
}
