// Name: Not on the loop
// Says: your loop does not know that the child lives on it, and leaves it behind when it is closed
// Caught-by: Step4_Loop.TakesItsChildrenAlong

//: 14.4
inline ChildProcess::ChildProcess(EventLoop& loop, const std::vector<std::string>& words,
                                  ChildDescriptors& ends, const ProcessOptions& options)
    : EventSink([](EventSink& sink, EventLoop&, PollEvent) {
        static_cast<ChildProcess&>(sink).child_ended();
      }),
      input(std::move(ends.input)),
      output(std::move(ends.output)),
      errors(std::move(ends.errors)),
      child_(loop, spawn(words, options, ends)),
      leads_group_(options.leads_group()) {
  child_.watch(*this, *this);
  self_ = Ref<ChildProcess>(this);
}
