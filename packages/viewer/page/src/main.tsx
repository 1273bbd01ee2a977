import { render } from 'preact';
import './design/tokens.css';
import './design/base.css';
import { followLiveState } from './api/live-state.ts';
import { App } from './app.tsx';
import { applyTheme } from './design/theme.ts';

applyTheme();
followLiveState();
render(<App />, document.getElementById('page')!);
