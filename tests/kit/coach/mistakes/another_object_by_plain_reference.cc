// Says: where another is wanted
struct Timer {};
struct Ready {};

struct Queue {
  void push_back(Ready& element);
};

void queue(Queue& ready, Timer& due) {
  ready.push_back(due);  // here
}
