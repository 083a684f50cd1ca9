import { Component, type ReactNode } from "react";
import { Failure } from "./states.js";

interface Props {
  /** With another one what failed is tried again. */
  at: string;
  children: ReactNode;
}

/** Shows what a page failed with, so that the rest of the application stays usable. */
export class ErrorBoundary extends Component<Props, { error: unknown; at: string }> {
  override state = { error: undefined as unknown, at: this.props.at };

  static getDerivedStateFromError(error: unknown): { error: unknown } {
    return { error };
  }

  static getDerivedStateFromProps({ at }: Props, state: { at: string }): { error: undefined; at: string } | null {
    return at === state.at ? null : { error: undefined, at };
  }

  override render(): ReactNode {
    if (this.state.error === undefined) return this.props.children;
    return <Failure error={this.state.error} retry={() => this.setState({ error: undefined })} />;
  }
}
