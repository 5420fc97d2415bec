// Says: is called on a const one
class Queue {
 public:
  void clear() { last_ = 0; }
  void drop() const { clear(); }  // here

 private:
  int last_ = 0;
};
